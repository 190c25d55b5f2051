import { z } from 'zod';
import { VariableSet } from '../../engine/graph/variables.js';
import { Linear } from '../../engine/nn/linear.js';
import { reshape } from '../../engine/ops/copy/flatten.js';
import { slice } from '../../engine/ops/copy/slice.js';
import { relu } from '../../engine/ops/elementwise/relu.js';
import { batchedMatmul } from '../../engine/ops/matmul/batchedMatmul.js';
import { globalAveragePool } from '../../engine/ops/pool/globalAveragePool.js';
import { type GraphShape, graphShape } from './adjacency.js';
import { PredictorError } from './errors.js';
import { NetworkRegressor, type PredictorNetwork } from './networkRegressor.js';
import type { Features, Predictor } from './predictor.js';

const options = z.strictObject({
  hidden: z.int().min(1).default(64).describe('channels of every node'),
  layers: z.int().min(1).default(3).describe('graph convolutions'),
  epochs: z.int().min(1).default(200).describe('epochs of one full-batch step each'),
  learningRate: z.number().positive().default(1e-2),
  weightDecay: z.number().min(0).default(1e-4).describe('weight decay, added to the gradient'),
});
type GraphNetworkOptions = z.infer<typeof options>;

const NAME = 'graph-network';

/** Graph convolutions over the operation graph, in both directions, after the neural predictor of Wen et al. (2020, 1912.00848). */
export const graphNetwork: Predictor<GraphNetworkOptions> = {
  name: NAME,
  options,
  needsEngine: true,
  encoding: 'adjacency',
  create: (context, chosen) =>
    new NetworkRegressor(NAME, context, chosen, (width) => {
      const shape = graphShape(context.space);
      const wanted = shape.nodes * (shape.nodes + shape.operations);
      if (width !== wanted)
        throw new PredictorError(
          `${NAME}: fit got ${width} features a row, wanted ${wanted}: graphs of ${shape.nodes} nodes with ${shape.operations} operations; use the encoding adjacency`,
        );
      return graphConvolutions(shape, chosen);
    }),
};

/**
 * Layers H' = relu(A_in H W_in + A_out H W_out + b), then the mean over the nodes and a linear layer. A_in averages a node
 * with its predecessors, A_out with its successors.
 */
export function graphConvolutions(
  shape: GraphShape,
  { hidden, layers }: { readonly hidden: number; readonly layers: number },
): PredictorNetwork {
  const { nodes, operations } = shape;
  const weights = new VariableSet(NAME);
  const convolutions = Array.from(
    { length: layers },
    (_, index) =>
      new Linear(weights, `convolution ${index + 1}`, { inputs: 2 * (index ? hidden : operations), outputs: hidden }),
  );
  const head = new Linear(weights, 'head', { inputs: hidden, outputs: 1 });
  const edges = 2 * nodes * nodes;
  return {
    weights,
    inputs: edges + nodes * operations,
    prepare: (features) => averagingRows(features, shape),
    forward: (x) => {
      const rows = x.shape[0];
      const averaging = reshape(slice(x, 0, edges), [rows, 2 * nodes, nodes]);
      let state = reshape(slice(x, edges, nodes * operations), [rows, nodes, operations]);
      for (const convolution of convolutions) {
        const channels = state.shape[2];
        // The rows of A_in and A_out of a node are adjacent: as one row, they are multiplied by [W_in; W_out].
        const both = reshape(batchedMatmul(averaging, state), [rows * nodes, 2 * channels]);
        state = reshape(relu(convolution.forward(both)), [rows, nodes, hidden]);
      }
      return head.forward(globalAveragePool(reshape(state, [rows, nodes, 1, hidden])));
    },
  };
}

/**
 * Inputs from the adjacency encoding, row by row: for every node its row of A_in and of A_out, with self-loops and normalised to sum 1,
 * then the one-hot operations of the nodes.
 */
function averagingRows({ rows, width, values }: Features, { nodes, operations }: GraphShape): Float32Array {
  const edges = nodes * nodes;
  const inputs = 2 * edges + nodes * operations;
  const result = new Float32Array(rows * inputs);
  for (let row = 0; row < rows; row++) {
    const encoded = values.subarray(row * width, (row + 1) * width);
    const start = row * inputs;
    for (let node = 0; node < nodes; node++) {
      const before = start + 2 * node * nodes;
      writeAverage(result.subarray(before, before + nodes), node, (other) => encoded[other * nodes + node]);
      writeAverage(result.subarray(before + nodes, before + 2 * nodes), node, (other) => encoded[node * nodes + other]);
    }
    result.set(encoded.subarray(edges), start + 2 * edges);
  }
  return result;
}

function writeAverage(target: Float32Array, node: number, edge: (other: number) => number): void {
  let total = 0;
  for (let other = 0; other < target.length; other++) total += target[other] = other === node ? 1 : edge(other);
  for (let other = 0; other < target.length; other++) target[other] /= total;
}
