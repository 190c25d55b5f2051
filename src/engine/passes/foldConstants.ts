import type { Graph, Node, Value } from '../graph/graph.js';
import { logicalSize, type ValueType } from '../graph/types.js';

/** Most elements of a value that is computed while compiling. */
const LARGEST = 65_536;

/**
 * What is computed from constants alone and read by what is not becomes a constant: the float64 reference, rounded once.
 * Nodes that change nothing (sums with zeros, products with ones, drop-out of nothing) are passed by. Graph outputs are
 * always computed, so that a graph of constants alone runs as it was traced.
 * @returns the nodes with their inputs replaced; some may be needed no more
 */
export function foldConstants(graph: Graph, nodes: readonly Node[]): Node[] {
  const outputs = new Set(graph.outputs.values());
  const constants = new Constants(graph);
  const same = new Map<Value, Value>();
  return nodes.map((node) => {
    if (constants.add(node)) return node;
    const inputs = node.inputs.map((input) => constants.replace(same.get(input) ?? input));
    const { operation, attributes } = node;
    const index = operation.sameAs?.(inputs.map(dataOf), attributes);
    const [output] = node.outputs;
    // Memory of a variable may have changed by the time that the output is read.
    if (index !== undefined && !outputs.has(output) && isLasting(inputs[index])) same.set(output, inputs[index]);
    return inputs.every((input, i) => input === node.inputs[i]) ? node : { ...node, inputs };
  });
}

/** What `graph.constant` can hold. */
function isPlain({ layout, dtype }: ValueType): boolean {
  return layout === 'rows' && (dtype === 'f32' || dtype === 'u32');
}

function isLasting({ origin }: Value): boolean {
  return origin?.kind !== 'variable' && origin?.kind !== 'variables';
}

function dataOf({ origin }: Value): ArrayLike<number> | undefined {
  return origin?.kind === 'constant' ? origin.data : undefined;
}

/** Values that depend on constants alone, computed where they are asked for. */
class Constants {
  private readonly producers = new Map<Value, Node>();
  private readonly folded = new Map<Value, Value>();

  constructor(private readonly graph: Graph) {}

  /** Whether a node computes from constants alone; takes note of it where so. */
  add(node: Node): boolean {
    const { operation, inputs, outputs } = node;
    const isConstant =
      !operation.inPlace &&
      inputs.length > 0 &&
      inputs.every((input) => this.has(input)) &&
      outputs.every(({ type }) => logicalSize(type) <= LARGEST && isPlain(type));
    if (isConstant) for (const output of outputs) this.producers.set(output, node);
    return isConstant;
  }

  /** The constant that a value is equal to, or the value. */
  replace(value: Value): Value {
    const node = this.producers.get(value);
    if (!node) return value;
    if (!this.folded.has(value)) this.compute(node);
    return this.folded.get(value) ?? value;
  }

  private has(value: Value): boolean {
    return dataOf(value) !== undefined || this.producers.has(value);
  }

  private compute({ operation, inputs, outputs, attributes }: Node): void {
    const tensors = inputs.map((input) => {
      const value = this.replace(input);
      return { shape: value.shape, data: Float64Array.from(dataOf(value) ?? []) };
    });
    operation.reference(tensors, attributes).forEach((data, index) => {
      const { shape, dtype } = outputs[index];
      this.folded.set(outputs[index], this.graph.constant(data, shape, dtype));
    });
  }
}
