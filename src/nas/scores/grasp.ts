import { gradients } from '../../engine/autodiff/autodiff.js';
import type { VariableSet } from '../../engine/graph/variables.js';
import { crossEntropy } from '../../engine/ops/loss/crossEntropy.js';
import { type FlatWeights, layerWeights, outputGradients, partOf, readWeights, withUntrained } from './network.js';
import { replay } from './replay.js';
import type { Score } from './score.js';

/** Images in the batch: three passes of 64 would cost more than all other scores together. */
const MOST_IMAGES = 16;

/**
 * Length of the finite-difference step relative to that of the weights. In deep cells, steps above 2^-17 have errors of percents from
 * the curvature, and steps below 2^-20 from rounding.
 */
const STEP = 2 ** -19;

/**
 * -sum w * (H g), H the Hessian of the cross entropy and g its gradient, both by the weights of convolutions and linear
 * layers: how much removing a weight slows the gradient's flow.
 *
 * H g is the central difference of the gradients at w + h g and w - h g, with the activation pattern of the ReLUs fixed as at w, in f32:
 * within 1 % of double backward.
 */
export const grasp: Score = {
  name: 'grasp',
  paper: 'Wang et al. 2020, 2002.07376, as in 2101.08134, section 3.2',
  needs: 'images',
  async evaluate(context, architecture) {
    let moved: VariableSet | undefined;
    try {
      return await withUntrained(
        context,
        architecture,
        { batch: Math.min(context.batch, MOST_IMAGES) },
        ({ graph, network, labels, logits }) => {
          const nodes = [...graph.nodes];
          moved = network.weights.mirror('moved weights');
          context.engine.allocate(moved);
          const loss = crossEntropy(replay(nodes, network.weights, moved)(logits), labels);
          const variables = moved.variables.map((variable) => graph.read(variable));
          outputGradients(graph, 'gradients', network, gradients(loss, variables));
        },
        async ({ engine, network, run, read }) => {
          const layers = layerWeights(network);
          const w = await readWeights(engine, network);
          const gradientAt = async (weights: FlatWeights) => {
            engine.writeSet(moved as VariableSet, new Uint32Array(weights.buffer));
            run();
            return read('gradients');
          };
          const g = await gradientAt(w);
          const length = (flat: FlatWeights) =>
            Math.sqrt(layers.reduce((sum, layer) => partOf(flat, layer).reduce((s, x) => s + x * x, sum), 0));
          if (length(g) === 0) return 0;
          const h = (STEP * length(w)) / length(g);
          const away = (by: number) => {
            const weights = w.slice();
            for (const layer of layers) {
              const [part, direction] = [partOf(weights, layer), partOf(g, layer)];
              direction.forEach((x, i) => {
                part[i] += by * x;
              });
            }
            return gradientAt(weights);
          };
          const [forward, backward] = [await away(h), await away(-h)];
          let products = 0;
          for (const layer of layers) {
            const [a, b] = [partOf(forward, layer), partOf(backward, layer)];
            partOf(w, layer).forEach((x, i) => {
              products += x * (a[i] - b[i]);
            });
          }
          return -products / (2 * h);
        },
      );
    } finally {
      if (moved) context.engine.release(moved);
    }
  },
};
