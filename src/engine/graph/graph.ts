import { AttributeError, DTypeError, OwnershipError, ShapeError } from '../errors/errors.js';
import { inferTypes } from './inferTypes.js';
import type { Cost, KernelCall, Lowering, ViewOfInput } from './kernelCall.js';
import type { ReferenceTensor, Sample } from './sample.js';
import type { Timeline } from './timeline.js';
import { type DType, formatType, logicalSize, type ValueType, valueType } from './types.js';
import type { Variable, VariableSet } from './variables.js';

// Operations are declared here, not in a file of their own, because the types refer to each other: a gradient function builds values,
// a value has a graph, a node has an operation.

/** Source of a value that no node computes, or the variable that a node updates. */
export type Origin =
  | { readonly kind: 'feed'; readonly name: string }
  | { readonly kind: 'variable'; readonly variable: Variable }
  | { readonly kind: 'variables'; readonly set: VariableSet }
  | { readonly kind: 'constant'; readonly data: ArrayLike<number> };

/** A symbolic tensor of static shape in one graph. Made by `Graph` and by operations. */
export class Value {
  constructor(
    readonly graph: Graph,
    /** Number within the graph, in tracing order. */
    readonly id: number,
    readonly type: ValueType,
    /** Absent for values that a node computes, except updates. */
    readonly origin?: Origin,
    /** The node that computes the value. */
    readonly node?: Node,
  ) {}

  /** Row-major shape without padding; [] for a scalar. */
  get shape(): readonly number[] {
    return this.type.shape;
  }

  /** Element type. */
  get dtype(): DType {
    return this.type.dtype;
  }
}

/** An operation applied to values. */
export interface Node {
  readonly operation: Operation;
  readonly attributes: Attributes;
  /** A string that is equal for equal attributes. */
  readonly attributesKey: string;
  readonly inputs: readonly Value[];
  outputs: readonly Value[];
  /** The node runs only in runs in which this gate is open; absent: always. */
  readonly gate?: Gate;
  /** The checkpoint that the node belongs to, recomputed for the gradient; absent: its outputs are kept. */
  readonly segment?: Segment;
}

/** Nodes of one checkpoint, in order. */
export interface Segment {
  readonly nodes: Node[];
}

/** A condition: open in runs in which at least one of some elements of a feed is not zero. */
export interface Gate {
  readonly flags: Value;
  /** Name of the feed that `flags` is. */
  readonly feed: string;
  /** Row-major indices of the elements. */
  readonly elements: readonly number[];
}

/** Attributes of an operation: plain JSON data, so that equal attributes can be recognised. */
// biome-ignore lint/suspicious/noExplicitAny: attribute interfaces have no index signature, so `unknown` would reject them
export type Attributes = Record<string, any>;

/** Input of `Operation.gradient`. */
export interface GradientContext<A> {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Gradient of each output; undefined where the loss does not depend on it. */
  readonly outputGradients: readonly (Value | undefined)[];
  readonly attributes: A;
  /** The inputs whose gradients are used. */
  readonly needed: readonly boolean[];
}

/**
 * An operation as a record: type inference, kernels, gradient, float64 reference, cost and test samples. See ARCHITECTURE.md for
 * how the parts are used.
 */
export interface Operation<A extends Attributes = Attributes> {
  /** For messages and profiles. Operations are distinguished by their records, not by their names. */
  readonly name: string;
  /**
   * Output types from input types.
   * @throws {ShapeError | DTypeError | AttributeError} with got and wanted
   */
  infer(inputs: readonly ValueType[], attributes: A): ValueType[];
  /** The kernel calls that compute the outputs, in order; may be empty. */
  lower(lowering: Lowering<A>): KernelCall[];
  /** Gradients of the inputs as graph values. Absent for operations without a gradient (updates, integer outputs). */
  gradient?(context: GradientContext<A>): (Value | undefined)[];
  /** Computes the outputs in float64. */
  reference(inputs: readonly ReferenceTensor[], attributes: A): Float64Array[];
  cost(inputs: readonly ValueType[], outputs: readonly ValueType[], attributes: A): Cost;
  /** Number of terms of the longest sum in an output element: the tolerance of kernel tests grows with its square root. */
  reductionLength(inputs: readonly ValueType[], attributes: A): number;
  readonly samples: readonly Sample<A>[];
  /** Whether inputs may be f16; other operations reject them. */
  readonly supportsF16?: boolean;
  /**
   * Declares the outputs as views of input 0. The kernels run where the memory layout does not allow all of them to be views.
   * @returns a view for every output
   */
  viewOf?(inputs: readonly ValueType[], attributes: A): readonly ViewOfInput[];
  /**
   * Recognises a node that changes nothing, such as adding zero.
   * @param constants elements of the inputs that are constants; undefined for the others
   * @returns the index of the input that output 0 equals; undefined if there is none
   */
  sameAs?(constants: readonly (ArrayLike<number> | undefined)[], attributes: A): number | undefined;
  /** Inputs may be written into the output directly: side by side along the channels, or at offsets in an arena of variables. */
  assembles?: 'channels' | 'variables';
  /** Output 0 is, or by the attributes may be, the output of a ReLU. */
  readonly relu?: ReluOutput<A>;
  /** Makes the operation an update: output i overwrites input inPlace[i], which must be a variable. */
  readonly inPlace?: readonly number[];
}

/** A ReLU that an operation is, or applies to its output 0 in the same pass. */
export interface ReluOutput<A> {
  /** Whether output 0 is the output of a ReLU. */
  applied(attributes: A): boolean;
  /** Attributes of the same operation without the ReLU. Absent: input 0 is the ReLU's input. */
  without?(attributes: A): A;
}

/** A traced computation: nodes in the order in which they were applied, which is a valid order of execution. */
export class Graph {
  /** In the order in which they were applied. */
  readonly nodes: Node[] = [];
  /** Feeds by name. */
  readonly feeds = new Map<string, Value>();
  /** Outputs by name. */
  readonly outputs = new Map<string, Value>();
  private nextId = 0;
  private readonly variables = new Map<Variable, Value>();
  private readonly sets = new Map<VariableSet, Value>();
  /** Nodes that may be shared, by operation and by `keyOf`. */
  private readonly applied = new Map<Operation, Map<string, Node>>();

  /** @param timeline records the time that differentiation takes */
  constructor(readonly timeline?: Timeline) {}
  private gate: Gate | undefined;
  private segment: Segment | undefined;

  /**
   * An input that is passed to every `program.run`. A feed declared again is the same value.
   * @param shape default: a scalar
   * @throws {ShapeError} when it was declared before with another shape or element type
   */
  feed(name: string, shape: readonly number[] = [], dtype: DType = 'f32'): Value {
    const type = valueType(shape, dtype);
    const known = this.feeds.get(name);
    if (known) {
      if (String(known.shape) !== String(shape) || known.dtype !== dtype)
        throw new ShapeError(
          `feed "${name}": got ${dtype}[${shape}], but it was declared as ${known.dtype}[${known.shape}]`,
        );
      return known;
    }
    const value = this.createValue(type, { kind: 'feed', name });
    this.feeds.set(name, value);
    return value;
  }

  /** The current value of a variable: after an update in this graph, the updated one. */
  read(variable: Variable): Value {
    let value = this.variables.get(variable);
    if (!value) {
      value = this.createValue(variable.type, { kind: 'variable', variable });
      this.variables.set(variable, value);
    }
    return value;
  }

  /**
   * All variables of a set as one vector of shape [set.size], padding included, for optimisers.
   * @throws {DTypeError} when a variable of the set is f16
   */
  readSet(set: VariableSet): Value {
    let value = this.sets.get(set);
    if (!value) {
      set.seal();
      const half = set.variables.find(({ type }) => type.dtype === 'f16');
      if (half)
        throw new DTypeError(
          `readSet: variable "${half.name}" of set "${set.name}" is ${formatType(half.type)}, wanted f32: optimisers update f32; keep f32 variables and cast them where they are used`,
        );
      value = this.createValue(valueType([set.size]), { kind: 'variables', set });
      this.sets.set(set, value);
    }
    return value;
  }

  /**
   * A constant.
   * @param data row-major elements without padding
   * @throws {ShapeError} when `data` has the wrong number of elements
   */
  constant(data: ArrayLike<number>, shape: readonly number[], dtype: DType = 'f32'): Value {
    const type = valueType(shape, dtype);
    if (data.length !== logicalSize(type))
      throw new ShapeError(`constant: got ${data.length} elements, wanted ${logicalSize(type)} for shape [${shape}]`);
    return this.createValue(type, { kind: 'constant', data });
  }

  /**
   * Makes a value readable by `program.read(name)`.
   * @throws {ShapeError} when the name is taken
   * @throws {OwnershipError | DTypeError} when `value` is not a value of this graph
   */
  output(name: string, value: Value): void {
    this.checkOwner('output', name, value);
    if (this.outputs.has(name)) throw new ShapeError(`output "${name}" exists; give each output its own name`);
    this.outputs.set(name, value);
  }

  /**
   * Traces nodes that run only in runs in which at least one of some elements of a feed is not zero: candidates of a supernet that
   * are not sampled in every step. Values behind a closed gate are not computed; nodes outside must not read them then, as
   * `mixedEdges` and `weightedSum` do not where the weight is zero.
   * @param flags a feed of this graph
   * @param elements row-major indices of its elements
   * @throws {AttributeError} within another gate, or when `flags` is no feed or lacks an element
   */
  whenOpen<T>(flags: Value, elements: readonly number[], build: () => T): T {
    this.checkOwner('whenOpen', 'flags', flags);
    const size = logicalSize(flags.type);
    if (flags.origin?.kind !== 'feed' || elements.length === 0 || elements.some((e) => !(e >= 0 && e < size)))
      throw new AttributeError(
        `whenOpen: got elements [${elements}] of ${flags.origin?.kind ?? 'a computed value'}, wanted indices of the ${size} elements of a feed`,
      );
    if (this.gate)
      throw new AttributeError('whenOpen: called within another gate; use one gate with the elements of both instead');
    return this.within({ flags, feed: flags.origin.name, elements: [...elements] }, build);
  }

  /**
   * Traces nodes whose values are not kept for the gradient but recomputed just before it (Chen et al., "Training deep nets with
   * sublinear memory cost", 2016, section 4). This costs one more forward pass of these nodes and, for a chain of checkpoints,
   * saves the memory of the inside of all but one. Results are equal bit for bit; updates happen once. A checkpoint within a
   * checkpoint is part of the outer one.
   */
  checkpoint<T>(build: () => T): T {
    if (this.segment) return build();
    this.segment = { nodes: [] };
    try {
      return build();
    } finally {
      this.segment = undefined;
    }
  }

  /** Traces nodes behind a gate, or behind none. For differentiation; see `whenOpen`. */
  within<T>(gate: Gate | undefined, build: () => T): T {
    const outer = this.gate;
    this.gate = gate;
    try {
      return build();
    } finally {
      this.gate = outer;
    }
  }

  /**
   * Applies an operation. The same operation on the same values with equal attributes is one node (common subexpressions), except
   * for updates.
   * @returns the outputs
   * @throws {OwnershipError | DTypeError} when an input is not a value of this graph, or is f16 and the operation takes none
   * @throws {ShapeError | DTypeError | AttributeError} as the operation's `infer`
   */
  apply<A extends Attributes>(operation: Operation<A>, inputs: readonly Value[], attributes: A): readonly Value[] {
    inputs.forEach((value, index) => {
      this.checkOwner(operation.name, `input ${index}`, value);
    });
    if (!operation.supportsF16) checkNoF16(operation.name, inputs);
    const attributesKey = JSON.stringify(attributes);
    const record = operation as unknown as Operation;
    if (operation.inPlace) return this.append(record, inputs, attributes, attributesKey).outputs;
    let applied = this.applied.get(record);
    if (!applied) this.applied.set(record, (applied = new Map()));
    const key = keyOf(inputs, attributesKey);
    const known = applied.get(key) ?? applied.get(gatedKey(key, this.gate));
    if (known) return known.outputs;
    const node = this.append(record, inputs, attributes, attributesKey);
    applied.set(gatedKey(key, this.gate), node);
    return node.outputs;
  }

  /** Applies a node's operation again, to the same or other inputs, always as a new node. For recomputation. */
  reapply({ operation, attributes, attributesKey, gate }: Node, inputs: readonly Value[]): readonly Value[] {
    return this.within(gate, () => this.append(operation, inputs, attributes, attributesKey).outputs);
  }

  private append(operation: Operation, inputs: readonly Value[], attributes: Attributes, attributesKey: string): Node {
    const { gate, segment } = this;
    const types = inferTypes(
      operation,
      inputs.map((value) => value.type),
      attributes,
      attributesKey,
    );
    const node: Node = { operation, attributes, attributesKey, inputs, outputs: [], gate, segment };
    node.outputs = types.map((type, index) => {
      const target = operation.inPlace?.[index];
      if (target === undefined) return this.createValue(type, undefined, node);
      return this.createUpdate(operation.name, inputs[target], type, node);
    });
    this.nodes.push(node);
    segment?.nodes.push(node);
    return node;
  }

  private createUpdate(name: string, input: Value, type: ValueType, node: Node): Value {
    const { origin } = input;
    if (origin?.kind !== 'variable' && origin?.kind !== 'variables')
      throw new OwnershipError(`${name}: updates its input in place; got a computed value, wanted a variable`);
    const value = this.createValue(type, origin, node);
    // Later reads get a new value, so that common subexpressions do not mix values from before and after the update.
    if (origin.kind === 'variable') {
      this.sets.delete(origin.variable.set);
      this.variables.set(origin.variable, value);
    } else {
      for (const variable of origin.set.variables) this.variables.delete(variable);
      this.sets.set(origin.set, value);
    }
    return value;
  }

  private createValue(type: ValueType, origin?: Origin, node?: Node): Value {
    return new Value(this, this.nextId++, type, origin, node);
  }

  private checkOwner(operation: string, argument: string, value: Value): void {
    if (!(value instanceof Value))
      throw new DTypeError(`${operation}: ${argument} is ${describe(value)}, wanted a Value of this graph`);
    if (value.graph !== this)
      throw new OwnershipError(
        `${operation}: ${argument} belongs to another graph; use values of the graph being built`,
      );
  }
}

/** Equal for the same values and equal attributes. */
function keyOf(inputs: readonly Value[], attributesKey: string): string {
  return `(${inputs.map((value) => value.id)})${attributesKey}`;
}

function gatedKey(key: string, gate: Gate | undefined): string {
  return gate ? `${key}|${gate.flags.id}:${gate.elements}` : key;
}

/** Kernels without f16 support would read two f16 numbers as one f32. */
function checkNoF16(operation: string, inputs: readonly Value[]): void {
  const index = inputs.findIndex((value) => value.dtype === 'f16');
  if (index >= 0)
    throw new DTypeError(
      `${operation}: input ${index} is ${formatType(inputs[index].type)}, wanted f32 or u32: this operation takes no f16; cast(x, 'f32') first`,
    );
}

function describe(value: unknown): string {
  return value === null || value === undefined ? String(value) : `a ${typeof value}`;
}
