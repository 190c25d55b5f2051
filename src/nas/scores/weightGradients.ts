import { gradients } from '../../engine/autodiff/autodiff.js';
import type { Value } from '../../engine/graph/graph.js';
import { add } from '../../engine/ops/elementwise/add.js';
import { multiply } from '../../engine/ops/elementwise/multiply.js';
import { scale } from '../../engine/ops/elementwise/scale.js';
import { crossEntropy } from '../../engine/ops/loss/crossEntropy.js';
import { globalAveragePool } from '../../engine/ops/pool/globalAveragePool.js';
import { sum } from '../../engine/ops/reduce/reduce.js';
import { layerOutputs, layerWeights, outputGradients, partOf, readWeights, withUntrained } from './network.js';
import type { Score, ScoreContext } from './score.js';

/** The values that three scores take from one backward pass of the cross entropy. */
interface LossPass {
  readonly gradNorm: number;
  readonly snip: number;
  readonly fisher: number;
}

/** The sum over the layers of the l2 norm of their weights' gradient. */
export const gradNorm = lossScore('grad-norm', 'Abdelfattah et al. 2021, 2101.08134, section 3.2', 'gradNorm');

/** The sum over all weights of |w * dL/dw|: the sensitivity of the loss to the removal of single weights. */
export const snip = lossScore('snip', 'Lee et al. 2019, 1810.02340, as in 2101.08134, equation 1', 'snip');

/**
 * The sum over the channels of layer outputs a of the mean over images of (sum over pixels of a * dL/da)^2 / 2: the
 * sensitivity of the loss to the removal of channels.
 */
export const fisher = lossScore('fisher', 'Turner et al. 2020, 1906.04113, as in 2101.08134, equation 3', 'fisher');

/** The last pass of each context: scores are evaluated architecture by architecture. */
const passes = new WeakMap<ScoreContext, { readonly architecture: string; readonly pass: Promise<LossPass> }>();

function lossScore(name: string, paper: string, part: keyof LossPass): Score {
  return {
    name,
    paper,
    needs: 'images',
    sharedPass: 'loss',
    async evaluate(context, architecture) {
      const text = context.space.format(architecture);
      let known = passes.get(context);
      if (known?.architecture !== text) {
        known = { architecture: text, pass: lossPass(context, architecture) };
        passes.set(context, known);
      }
      return (await known.pass)[part];
    },
  };
}

function lossPass(context: ScoreContext, architecture: unknown): Promise<LossPass> {
  return withUntrained(
    context,
    architecture,
    {},
    ({ graph, network, labels, logits }) => {
      const loss = crossEntropy(logits, labels);
      const outputs = layerOutputs(graph);
      const variables = network.weights.variables.map((variable) => graph.read(variable));
      const all = gradients(loss, [...variables, ...outputs]);
      outputGradients(graph, 'gradients', network, all.slice(0, variables.length));
      const saliencies = outputs.flatMap((output, i) => {
        const gradient = all[variables.length + i];
        return gradient ? [channelSaliency(output, gradient)] : [];
      });
      graph.output('fisher', add(...saliencies));
    },
    async ({ engine, network, run, read }) => {
      run();
      const flat = await read('gradients');
      const weights = await readWeights(engine, network);
      let norms = 0;
      let products = 0;
      for (const variable of layerWeights(network)) {
        const [g, w] = [partOf(flat, variable), partOf(weights, variable)];
        let squares = 0;
        g.forEach((value, i) => {
          squares += value * value;
          products += Math.abs(value * w[i]);
        });
        norms += Math.sqrt(squares);
      }
      return { gradNorm: norms, snip: products, fisher: (await read('fisher'))[0] };
    },
  );
}

/** (sum over pixels of a * da)^2 / 2, summed over channels, mean over images. @param a [N, H, W, C] or [N, C] */
function channelSaliency(a: Value, da: Value): Value {
  const product = multiply(a, da);
  const [images, height, width] = a.shape;
  const perChannel = a.shape.length === 4 ? scale(globalAveragePool(product), height * width) : product;
  return scale(sum(multiply(perChannel, perChannel)), 0.5 / images);
}
