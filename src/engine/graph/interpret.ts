import { NasTransferError } from '../errors/errors.js';
import type { Graph, Value } from './graph.js';
import type { ReferenceTensor } from './operation.js';
import { logicalSize } from './types.js';
import type { Variable } from './variables.js';

/** Inputs of `interpret`, row-major without padding: feeds by name, variables by identity. */
export interface Sources {
  readonly feeds?: Readonly<Record<string, ArrayLike<number>>>;
  readonly variables?: ReadonlyMap<Variable, ArrayLike<number>>;
}

/**
 * Runs a graph in float64 on the host with the operations' `reference` functions. Tests compare kernels with it, and gradients
 * with its central differences.
 * @returns a function that gives the tensor of any value of the graph
 * @throws {NasTransferError} when a feed or variable is missing or has the wrong number of elements
 */
export function interpret(graph: Graph, sources: Sources): (value: Value) => ReferenceTensor {
  const known = new Map<Value, ReferenceTensor>();
  const lookup = (value: Value): ReferenceTensor => {
    let tensor = known.get(value);
    if (!tensor) {
      tensor = { shape: value.shape, data: sourceData(value, sources) };
      known.set(value, tensor);
    }
    return tensor;
  };
  for (const node of graph.nodes) {
    const results = node.operation.reference(node.inputs.map(lookup), node.attributes);
    node.outputs.forEach((output, index) => {
      known.set(output, { shape: output.shape, data: results[index] });
    });
  }
  return lookup;
}

function sourceData(value: Value, sources: Sources): Float64Array {
  const { origin } = value;
  let data: ArrayLike<number> | undefined;
  if (origin?.kind === 'constant') data = origin.data;
  if (origin?.kind === 'feed') data = sources.feeds?.[origin.name];
  if (origin?.kind === 'variable') data = sources.variables?.get(origin.variable);
  if (!data || data.length !== logicalSize(value.type))
    throw new NasTransferError(
      `interpret: ${origin?.kind ?? 'value'} of shape [${value.shape}] got ${data?.length ?? 'no'} elements, wanted ${logicalSize(value.type)}`,
    );
  return Float64Array.from(data);
}
