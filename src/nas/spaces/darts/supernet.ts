import type { Graph } from '../../../engine/graph/graph.js';
import { VariableSet } from '../../../engine/graph/variables.js';
import { Conv2d } from '../../../engine/nn/conv2d.js';
import { normal } from '../../../engine/nn/initializers.js';
import { Linear } from '../../../engine/nn/linear.js';
import { globalAveragePool } from '../../../engine/ops/globalAveragePool.js';
import { softmax } from '../../../engine/ops/softmax.js';
import type { Supernet, SupernetOptions } from '../../training/classifier.js';
import { batchNorm, type LayerContext } from '../layers.js';
import { checkSupernet } from '../mixedNode.js';
import type { NetworkSettings } from '../space.js';
import { OPERATIONS } from './operations.js';
import { EDGES, NODES, type RelaxedCell, relaxedCell } from './relaxedCell.js';

/** Standard deviation of the initial architecture parameters (DARTS: 1e-3 times a standard normal). */
const INITIAL_DEVIATION = 1e-3;

/** Channels of the stem for one of the first cell (DARTS). */
const STEM_MULTIPLIER = 3;

/**
 * The search network of DARTS (Liu et al. 2019, section 3.1): `cells` cells of which those at a third and two thirds halve the
 * image, all normal ones sharing one table of architecture parameters, all reductions another.
 * @param settings `cells` counts all cells
 * @throws AttributeError unless `channels` is a multiple of 4 * `partial`
 */
export function dartsSupernet(
  { channels, cells, classes, imageChannels }: NetworkSettings,
  { affine, batchNorm: normMode, mixture = 'alphas', partial = 1, checkpoint = false }: SupernetOptions,
): Omit<Supernet, 'derive'> {
  checkSupernet('dartsSupernet', channels, { partial, mixture, batchNorm: normMode });
  const context: LayerContext = {
    weights: new VariableSet('weights'),
    averages: new VariableSet('averages'),
    affine,
    trackRunning: normMode === 'running',
  };
  const alphas = new VariableSet('alphas');
  const gated = mixture === 'feeds';
  const table = [EDGES.length, OPERATIONS.length];
  const [normalWeights, reductionWeights] = ['normal', 'reduction'].map((name) => {
    const alpha = alphas.add(name, table, normal(0, INITIAL_DEVIATION));
    return (graph: Graph) => (gated ? graph.feed(name, table) : softmax(graph.read(alpha)));
  });
  const stemChannels = STEM_MULTIPLIER * channels;
  const stem = new Conv2d(context.weights, 'stem/conv', {
    inputs: imageChannels,
    outputs: stemChannels,
    kernel: 3,
    padding: 1,
  });
  const stemNorm = batchNorm({ ...context, affine: true }, 'stem/norm', stemChannels);
  const layers: RelaxedCell[] = [];
  let inputs = [stemChannels, stemChannels];
  let width = channels;
  let afterReduction = false;
  for (let index = 0; index < cells; index++) {
    const reduction = index === Math.floor(cells / 3) || index === Math.floor((2 * cells) / 3);
    if (reduction) width *= 2;
    const sizes = { inputs, channels: width, reduction, afterReduction, gated, partial };
    layers.push(relaxedCell(context, `cell ${index}`, sizes, reduction ? reductionWeights : normalWeights));
    inputs = [inputs[1], NODES * width];
    afterReduction = reduction;
  }
  const classifier = new Linear(context.weights, 'classifier', { inputs: inputs[1], outputs: classes });
  return {
    weights: context.weights,
    averages: context.averages,
    alphas,
    forward: (images, mode) => {
      const start = stemNorm(stem.forward(images), mode);
      let [before, last] = [start, start];
      for (const cell of layers) {
        const build = () => cell(before, last, mode);
        [before, last] = [last, checkpoint ? images.graph.checkpoint(build) : build()];
      }
      return classifier.forward(globalAveragePool(last));
    },
  };
}
