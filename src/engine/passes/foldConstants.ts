import type { Graph, Node, Value } from '../graph/graph.js';
import { logicalSize, type ValueType } from '../graph/types.js';

/** Most elements of a value that is computed at compile time. */
const LARGEST = 65_536;

/**
 * Constant folding: values that depend on constants only become constants where other nodes read them, computed by the float64
 * reference and rounded once. Nodes that change nothing (adding zeros, multiplying by ones, dropout with rate zero) are bypassed.
 * Graph outputs are always computed on the device.
 * @returns the nodes with their inputs replaced; some of them may be dead
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
    // A variable may have been updated before the output is read.
    if (index !== undefined && !outputs.has(output) && isLasting(inputs[index])) same.set(output, inputs[index]);
    return inputs.every((input, i) => input === node.inputs[i]) ? node : { ...node, inputs };
  });
}

/** Whether `graph.constant` can hold a value of a type. */
function isPlain({ layout, dtype }: ValueType): boolean {
  return layout === 'rows' && (dtype === 'f32' || dtype === 'u32');
}

function isLasting({ origin }: Value): boolean {
  return origin?.kind !== 'variable' && origin?.kind !== 'variables';
}

function dataOf({ origin }: Value): ArrayLike<number> | undefined {
  return origin?.kind === 'constant' ? origin.data : undefined;
}

/** Values that depend on constants only, computed on demand. */
class Constants {
  private readonly producers = new Map<Value, Node>();
  private readonly folded = new Map<Value, Value>();

  constructor(private readonly graph: Graph) {}

  /** Whether a node depends on constants only; if so, its outputs can be replaced from now on. */
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

  /** The constant that a value equals, or the value itself. */
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
