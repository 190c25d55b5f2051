import { backpropagate } from '../../engine/autodiff/autodiff.js';
import { layerWeights, outputGradients, partOf, readWeights, withUntrained, writeWeights } from './network.js';
import type { Score } from './score.js';

/** Scale of the images of the first run, with which sums of outputs up to 1e65 are in the range of f32. */
const FIRST_SCALE = 2 ** -90;

/**
 * Synaptic flow: with all weights replaced by their absolute values, batch norm removed and an image of ones, the sum over
 * all weights of w * dR/dw, R being the sum of the outputs.
 *
 * R grows exponentially with depth and overflows f32 in deep networks. The network is linear on positive numbers, so the image and
 * the outputs' gradient are both scaled by about 1 / sqrt(R), which keeps all values within a factor sqrt(R) of 1, and the result is
 * scaled back. NaN where R is above 1e65.
 */
export const synflow: Score = {
  name: 'synflow',
  paper: 'Tanaka et al. 2020, 2006.05467, as in 2101.08134, equation 2',
  needs: 'images',
  evaluate: (context, architecture) =>
    withUntrained(
      context,
      architecture,
      { mode: 'evaluate', batch: 1 },
      ({ graph, network, logits }) => {
        graph.output('outputs', logits);
        const seed = graph.feed('seed', logits.shape);
        const variables = network.weights.variables.map((variable) => graph.read(variable));
        const gradients = backpropagate([{ value: logits, gradient: seed }], variables);
        outputGradients(graph, 'gradients', network, gradients);
      },
      async ({ engine, network, run, read }) => {
        // The identity in place of batch norm: mean 0, and 1e-5 is added to the variance.
        for (const variable of network.runningStatistics.variables)
          if (variable.name.endsWith('/variance'))
            engine.write(variable, new Float32Array(variable.type.shape[0]).fill(1 - 1e-5));
        const layers = layerWeights(network);
        const positive = (await readWeights(engine, network)).map(Math.abs);
        // Without biases R is linear in the image; they do not affect the gradients of weights.
        for (const variable of network.weights.variables)
          if (variable.type.shape.length === 1)
            partOf(positive, variable).fill(variable.name.endsWith('/gamma') ? 1 : 0);
        writeWeights(engine, network, positive);
        const { size, imageChannels, classes } = context.settings;
        const feeds = (images: number, outputs: number) => ({
          images: new Float32Array(size * size * imageChannels).fill(images),
          seed: new Float32Array(classes).fill(outputs),
        });
        run(feeds(FIRST_SCALE, 0));
        const total = (await read('outputs')).reduce((sum, value) => sum + value, 0) / FIRST_SCALE;
        if (total === 0) return 0;
        if (!Number.isFinite(total)) return Number.NaN;
        const factor = 2 ** -Math.round(Math.log2(total) / 2);
        run(feeds(factor, factor));
        const gradients = await read('gradients');
        const sums = layers.map((variable) => {
          const w = partOf(positive, variable);
          return partOf(gradients, variable).reduce((sum, g, i) => sum + g * w[i], 0);
        });
        return sums.reduce((sum, value) => sum + value, 0) / factor / factor;
      },
    ),
};
