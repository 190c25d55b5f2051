import { VariableSet } from '../../../engine/graph/variables.js';
import { Linear } from '../../../engine/nn/linear.js';
import { globalAveragePool } from '../../../engine/ops/pool/globalAveragePool.js';
import type { Supernet, SupernetOptions } from '../../networks/classifier.js';
import { convBatchNorm, type LayerContext } from '../../networks/layers.js';
import { checkSupernet, tableMixtures } from '../shared/mixedNode.js';
import type { NetworkSettings } from '../shared/networkSettings.js';
import { CONCAT } from './choices.js';
import { GENOTYPE_RELAXATION } from './relaxation.js';
import { relaxedCell } from './relaxedCell.js';
import { type CellOutputs, STEM_MULTIPLIER, skeleton } from './skeleton.js';

/** All inner nodes are concatenated into a cell's output. */
const OUTPUTS: CellOutputs = { normal: { concat: CONCAT }, reduction: { concat: CONCAT } };

/**
 * The search network of DARTS (Liu et al. 2019, section 3.1): `cells` cells of which those at a third and two thirds halve the
 * image, all normal cells sharing one table of architecture parameters, all reduction cells another.
 * @param settings `cells` counts all cells
 * @throws {AttributeError} unless `channels` is a multiple of 4 x `partial`
 */
export function dartsSupernet(
  { channels, cells, classes, size, imageChannels }: NetworkSettings,
  { affine, batchNorm: normMode, gated = false, candidates, partial = 1, checkpoint = false }: SupernetOptions,
): Supernet {
  checkSupernet('dartsSupernet', channels, { partial, gated, batchNorm: normMode });
  const context: LayerContext = {
    weights: new VariableSet('weights'),
    runningStatistics: new VariableSet('averages'),
    affine,
    trackRunningStatistics: normMode !== 'batch',
  };
  const mixtures = tableMixtures(GENOTYPE_RELAXATION.tables, gated);
  const stem = convBatchNorm({ ...context, affine: true }, 'stem', {
    inputs: imageChannels,
    outputs: STEM_MULTIPLIER * channels,
    kernel: 3,
  });
  const { cells: places, channels: features } = skeleton(OUTPUTS, { channels, cells, classes, size, imageChannels });
  const layers = places.map((place, index) => {
    const table = place.reduction ? 1 : 0;
    const sizes = { ...place, gated, partial, candidates: candidates?.[table] };
    return { cell: relaxedCell(context, `cell ${index}`, sizes), table };
  });
  const classifier = new Linear(context.weights, 'classifier', { inputs: features, outputs: classes });
  return {
    weights: context.weights,
    runningStatistics: context.runningStatistics,
    alphas: mixtures.alphas,
    forward: (images, mode, mixture) => {
      const tables = mixtures.of(images.graph, mixture);
      const start = stem(images, mode);
      let [before, last] = [start, start];
      for (const { cell, table } of layers) {
        const build = () => cell(before, last, mode, tables[table]);
        [before, last] = [last, checkpoint ? images.graph.checkpoint(build) : build()];
      }
      return classifier.forward(globalAveragePool(last));
    },
  };
}
