import { VariableSet } from '../../../engine/graph/variables.js';
import { Conv2d } from '../../../engine/nn/conv2d.js';
import { Linear } from '../../../engine/nn/linear.js';
import { globalAveragePool } from '../../../engine/ops/globalAveragePool.js';
import type { Supernet, SupernetOptions } from '../../training/classifier.js';
import { batchNorm, type LayerContext } from '../layers.js';
import { checkSupernet, tableMixtures } from '../mixedNode.js';
import type { NetworkSettings } from '../space.js';
import { GENOTYPE_RELAXATION } from './relaxation.js';
import { NODES, type RelaxedCell, relaxedCell } from './relaxedCell.js';

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
  { affine, batchNorm: normMode, gated = false, candidates, partial = 1, checkpoint = false }: SupernetOptions,
): Supernet {
  checkSupernet('dartsSupernet', channels, { partial, gated, batchNorm: normMode });
  const context: LayerContext = {
    weights: new VariableSet('weights'),
    averages: new VariableSet('averages'),
    affine,
    trackRunning: normMode !== 'batch',
  };
  const mixtures = tableMixtures(GENOTYPE_RELAXATION.tables, gated);
  const stemChannels = STEM_MULTIPLIER * channels;
  const stem = new Conv2d(context.weights, 'stem/conv', {
    inputs: imageChannels,
    outputs: stemChannels,
    kernel: 3,
    padding: 1,
  });
  const stemNorm = batchNorm({ ...context, affine: true }, 'stem/norm', stemChannels);
  const layers: { readonly cell: RelaxedCell; readonly table: 0 | 1 }[] = [];
  let inputs = [stemChannels, stemChannels];
  let width = channels;
  let afterReduction = false;
  for (let index = 0; index < cells; index++) {
    const reduction = index === Math.floor(cells / 3) || index === Math.floor((2 * cells) / 3);
    if (reduction) width *= 2;
    const table = reduction ? 1 : 0;
    const sizes = {
      inputs,
      channels: width,
      reduction,
      afterReduction,
      gated,
      partial,
      candidates: candidates?.[table],
    };
    layers.push({ cell: relaxedCell(context, `cell ${index}`, sizes), table });
    inputs = [inputs[1], NODES * width];
    afterReduction = reduction;
  }
  const classifier = new Linear(context.weights, 'classifier', { inputs: inputs[1], outputs: classes });
  return {
    weights: context.weights,
    averages: context.averages,
    alphas: mixtures.alphas,
    forward: (images, mode, mixture) => {
      const tables = mixtures.of(images.graph, mixture);
      const start = stemNorm(stem.forward(images), mode);
      let [before, last] = [start, start];
      for (const { cell, table } of layers) {
        const build = () => cell(before, last, mode, tables[table]);
        [before, last] = [last, checkpoint ? images.graph.checkpoint(build) : build()];
      }
      return classifier.forward(globalAveragePool(last));
    },
  };
}
