import { Graph, type Node } from '../graph/graph.js';
import type { VariantTable } from '../graph/kernelTarget.js';
import type { KernelCall } from '../graph/operation.js';
import { formatType, logicalSize } from '../graph/types.js';
import { type Initializer, type Variable, VariableSet, zeros } from '../graph/variables.js';
import type { Compiler } from '../runtime/compiler.js';
import { type PlanningContext, planProgram } from '../runtime/plan.js';
import type { Program } from '../runtime/program.js';

/** Random numbers drawn for a value; a prime number, so that rows of channels differ. */
const DRAWN = 65_521;

/** Uniform in [-1, 1). The numbers of large values repeat, because drawing millions would take longer than measuring. */
const repeatedUniform: Initializer = (type, random) => {
  const drawn = Float32Array.from({ length: Math.min(DRAWN, logicalSize(type)) }, () => 2 * random.uniform() - 1);
  return Float32Array.from({ length: logicalSize(type) }, (_, i) => drawn[i % DRAWN]);
};

/** One node of a graph, to be run alone. Its inputs are variables with random elements. */
export class LoneNode {
  private readonly inputs: VariableSet;
  private readonly variables: readonly Variable[];

  constructor(
    private readonly engine: Compiler,
    private readonly node: Node,
  ) {
    this.inputs = new VariableSet('inputs');
    this.variables = node.inputs.map(({ type: { shape, dtype, layout } }, index) =>
      this.inputs.add(`input ${index}`, shape, dtype === 'u32' ? zeros : repeatedUniform, { dtype, layout }),
    );
  }

  /** The operation and the types of its inputs. */
  get description(): string {
    const { operation, inputs } = this.node;
    return `${operation.name} ${inputs.map(({ type }) => formatType(type)).join(', ')}`;
  }

  /** Allocates and fills the inputs. */
  allocate(): void {
    this.engine.allocate(this.inputs);
  }

  /** The kernel calls for a target. */
  calls(context: PlanningContext): KernelCall[] {
    const graph = new Graph();
    this.build(graph);
    return planProgram(context, graph).dispatches.map(({ call }) => call);
  }

  /** Compiles the node with some variants. */
  compile(variants: VariantTable): Promise<Program> {
    return this.engine.compile((graph) => this.build(graph), { variants });
  }

  /** Elements of all outputs after a run of `program`, row-major without padding. */
  async read(program: Program): Promise<(Float32Array | Uint32Array)[]> {
    const outputs = [];
    for (const index of this.node.outputs.keys()) outputs.push(await program.read(`output ${index}`));
    return outputs;
  }

  /** Frees the inputs. */
  dispose(): void {
    this.engine.release(this.inputs);
  }

  private build(graph: Graph): void {
    const { operation, attributes } = this.node;
    const inputs = this.variables.map((variable) => graph.read(variable));
    for (const [index, output] of graph.apply(operation, inputs, attributes).entries())
      graph.output(`output ${index}`, output);
  }
}
