import { AttributeError } from '../../engine/errors/errors.js';
import type { Graph, Node, Value } from '../../engine/graph/graph.js';
import { flatten } from '../../engine/ops/copy/flatten.js';
import { add } from '../../engine/ops/elementwise/add.js';
import { heaviside } from '../../engine/ops/elementwise/heaviside.js';
import { scale } from '../../engine/ops/elementwise/scale.js';
import { matmulTransposed } from '../../engine/ops/matmul/matmul.js';
import { reluOutputs } from './network.js';

/**
 * The activation code of an image has a bit for every unit of every ReLU, 1 where the unit is active. Scores need only the inner
 * products of the codes of a batch, [batch, batch]; the diagonal has the numbers of ones.
 */
export interface CodeProducts {
  /** Value [batch, batch] of the graph. Integers, exact in f32 below 2^24 units. */
  readonly products: Value;
  /** Length of a code. */
  readonly units: number;
}

/**
 * Traces the inner products of the activation codes of a batch. Published networks apply a ReLU for every convolution that
 * reads it, where this graph shares one: its units are counted once for each reader.
 * @param outputs outputs of ReLUs: `reluOutputs(graph)` or some of them
 * @throws {AttributeError} when there are none
 */
export function codeProducts(graph: Graph, outputs: readonly Value[]): CodeProducts {
  const nodes = [...graph.nodes];
  let products: Value | undefined;
  let units = 0;
  for (const output of outputs) {
    const count = readingConvolutions(nodes, output);
    const codes = flatten(heaviside(output));
    const product = scale(matmulTransposed(codes, codes), count);
    products = products ? add(products, product) : product;
    units += count * codes.shape[1];
  }
  if (!products)
    throw new AttributeError(
      'codeProducts: got no outputs of ReLUs, wanted at least one; the score is not defined for this space',
    );
  return { products, units };
}

function readingConvolutions(nodes: readonly Node[], value: Value): number {
  const readers = nodes.filter(
    ({ operation: { name }, inputs }) => /^(conv2d|depthwiseConv2d)$/.test(name) && inputs[0] === value,
  );
  return Math.max(readers.length, 1);
}

/** Outputs of the ReLUs at the resolution of the network's input. */
export function fullResolution(graph: Graph, size: number): Value[] {
  return reluOutputs(graph).filter(({ shape }) => shape.length === 4 && shape[1] === size && shape[2] === size);
}

/** Hamming distances of all pairs of codes, [batch, batch], from their inner products. */
export function hammingDistances(products: Float32Array, batch: number): Float64Array {
  const ones = (image: number) => products[image * batch + image];
  return Float64Array.from(products, (both, index) => ones(Math.floor(index / batch)) + ones(index % batch) - 2 * both);
}
