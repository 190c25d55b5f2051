import type { Graph, Value } from '../../src/engine/graph/graph.js';
import type { ReferenceTensor } from '../../src/engine/graph/operation.js';
import type { Layout } from '../../src/engine/graph/types.js';
import { Variable, VariableSet } from '../../src/engine/graph/variables.js';
import type { Engine } from '../../src/engine/runtime/engine.js';
import { sizeOf } from './arrays.js';
import type { ElementType, OnnxNode, Tensor } from './reader.js';

/** A vector that the engine does not support, with the missing feature. */
export class Unsupported extends Error {}

/** An output of a node; `float` where no element type is given. */
export type Result = ReferenceTensor & { readonly type?: ElementType };

/** Computes the outputs of a node from its inputs, in order, with the engine. */
export type Adapter = (call: NodeCall) => Result[] | Promise<Result[]>;

/** A node to be run: its attributes and the contents of its inputs. */
export class NodeCall {
  constructor(
    private readonly engine: Engine,
    private readonly node: OnnxNode,
    /** Version of the operator set, on which the semantics of operators depend. */
    readonly opset: number,
    private readonly values: readonly (Tensor | undefined)[],
  ) {}

  /** Names of the outputs; '' for an omitted one. */
  get outputs(): readonly string[] {
    return this.node.outputs;
  }

  get inputCount(): number {
    return this.values.length;
  }

  has(index: number): boolean {
    return this.values[index] !== undefined;
  }

  /** An input of any element type. */
  any(index: number): Tensor {
    const tensor = this.values[index];
    if (!tensor) throw new Error(`${this.node.operator}: input ${index} is missing`);
    return tensor;
  }

  /** An input of 32-bit floating-point numbers, the engine's type for computation. */
  float(index: number): Tensor {
    const tensor = this.any(index);
    if (tensor.type !== 'float') throw new Unsupported(`elements of type ${tensor.type}`);
    if (sizeOf(tensor.shape) === 0) throw new Unsupported('tensors without elements');
    return tensor;
  }

  floats(): Tensor[] {
    return this.values.map((_, index) => this.float(index));
  }

  integers(index: number): number[] {
    return Array.from(this.any(index).data);
  }

  number(name: string, otherwise: number): number {
    const attribute = this.node.attributes.get(name);
    if (!attribute) return otherwise;
    if (attribute.kind !== 'number') throw this.wrongKind(name, 'a number');
    return attribute.value;
  }

  numbers(name: string): readonly number[] | undefined {
    const attribute = this.node.attributes.get(name);
    if (!attribute) return undefined;
    if (attribute.kind !== 'numbers') throw this.wrongKind(name, 'numbers');
    return attribute.value;
  }

  text(name: string, otherwise: string): string {
    const attribute = this.node.attributes.get(name);
    if (!attribute) return otherwise;
    if (attribute.kind !== 'text') throw this.wrongKind(name, 'text');
    return attribute.value;
  }

  tensor(name: string): Tensor {
    const attribute = this.node.attributes.get(name);
    if (attribute?.kind !== 'tensor') throw this.wrongKind(name, 'a tensor');
    return attribute.value;
  }

  /** Compiles and runs one program. @returns contents of the values and variables that `build` returns */
  run(build: (tracer: Tracer) => readonly (Value | Variable)[]): Promise<ReferenceTensor[]> {
    return runProgram(this.engine, build);
  }

  private wrongKind(name: string, wanted: string): Error {
    return new Error(`${this.node.operator}: attribute "${name}" is absent or not ${wanted}`);
  }
}

/** Adds tensors to a graph. */
export class Tracer {
  readonly feeds: Record<string, Float64Array> = {};
  readonly sets: VariableSet[] = [];
  private count = 0;

  constructor(readonly graph: Graph) {}

  /** Activations, as a feed. */
  feed({ shape, data }: ReferenceTensor, dtype: 'f32' | 'u32' = 'f32'): Value {
    const name = `feed ${this.count++}`;
    this.feeds[name] = data;
    return this.graph.feed(name, shape, dtype);
  }

  /** A parameter, as a variable filled before the program runs. */
  parameter(tensor: ReferenceTensor, layout: Layout = 'rows'): Value {
    return this.graph.read(this.variables([tensor], layout).variables[0]);
  }

  /** A set of variables, filled. */
  variables(tensors: readonly ReferenceTensor[], layout: Layout = 'rows'): VariableSet {
    const set = new VariableSet(`set ${this.sets.length}`);
    tensors.forEach(({ shape, data }, index) => {
      set.add(`variable ${index}`, shape, () => data, { layout });
    });
    this.sets.push(set);
    return set;
  }
}

async function runProgram(
  engine: Engine,
  build: (tracer: Tracer) => readonly (Value | Variable)[],
): Promise<ReferenceTensor[]> {
  let tracer: Tracer | undefined;
  let results: readonly (Value | Variable)[] = [];
  try {
    const program = await engine.compile((graph) => {
      tracer = new Tracer(graph);
      results = build(tracer);
      results.forEach((result, index) => {
        if (!(result instanceof Variable)) graph.output(`${index}`, result);
      });
      for (const set of tracer.sets) engine.allocate(set);
    });
    try {
      program.run(tracer?.feeds);
      return await Promise.all(
        results.map(async (result, index) => {
          const isVariable = result instanceof Variable;
          const data = isVariable ? await engine.read(result) : await program.read(`${index}`);
          return { shape: isVariable ? result.type.shape : result.shape, data: Float64Array.from(data) };
        }),
      );
    } finally {
      program.dispose();
    }
  } finally {
    for (const set of tracer?.sets ?? []) engine.release(set);
  }
}
