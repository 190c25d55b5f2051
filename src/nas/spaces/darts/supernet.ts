import type { Graph, Value } from '../../../engine/graph/graph.js';
import { VariableSet } from '../../../engine/graph/variables.js';
import { Conv2d } from '../../../engine/nn/conv2d.js';
import { normal } from '../../../engine/nn/initializers.js';
import { Linear } from '../../../engine/nn/linear.js';
import { concat } from '../../../engine/ops/concat.js';
import { globalAveragePool } from '../../../engine/ops/globalAveragePool.js';
import { type MixedTerm, mixedSum } from '../../../engine/ops/mixedSum.js';
import { softmax } from '../../../engine/ops/softmax.js';
import type { NetworkMode, Supernet, SupernetOptions } from '../../training/classifier.js';
import { type Block, batchNorm, batchNormMode, type LayerContext, reluConvBatchNorm } from '../layers.js';
import type { NetworkSettings } from '../space.js';
import { block, candidate, factorizedReduce, OPERATIONS } from './operations.js';

/** Nodes of a cell that are computed; the two inputs come before them. */
export const NODES = 4;

/** Source and target of every edge: node i + 2 receives from all before it. */
export const EDGES: readonly (readonly [number, number])[] = Array.from({ length: NODES }, (_, node) =>
  Array.from({ length: node + 2 }, (_, from) => [from, node + 2] as const),
).flat();

/** Standard deviation of the initial architecture parameters (DARTS: 1e-3 times a standard normal). */
const INITIAL_DEVIATION = 1e-3;

/** Channels of the stem for one of the first cell (DARTS). */
const STEM_MULTIPLIER = 3;

/** How the candidates of a node are summed: `weights` is a table [edges, operations]. */
export type Mixture = (terms: readonly MixedTerm[], weights: Value) => Value;

/**
 * The search network of DARTS (Liu et al. 2019, section 3.1): `cells` cells of which those at a third and two thirds halve the
 * image, all normal ones sharing one table of architecture parameters, all reductions another.
 * @param settings `cells` counts all cells
 * @param mix how candidates are summed; the engine's mixed sum where absent
 */
export function dartsSupernet(
  { channels, cells, classes, imageChannels }: NetworkSettings,
  { affine, batchNorm: normMode }: SupernetOptions,
  mix: Mixture = mixedSum,
): Omit<Supernet, 'derive'> {
  const context: LayerContext = {
    weights: new VariableSet('weights'),
    averages: new VariableSet('averages'),
    affine,
    trackRunning: normMode === 'running',
  };
  const alphas = new VariableSet('alphas');
  const tables = ['normal', 'reduction'].map((name) =>
    alphas.add(name, [EDGES.length, OPERATIONS.length], normal(0, INITIAL_DEVIATION)),
  );
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
    const mixture = (graph: Graph) => softmax(graph.read(tables[reduction ? 1 : 0]));
    layers.push(
      relaxedCell(context, `cell ${index}`, { inputs, channels: width, reduction, afterReduction }, mixture, mix),
    );
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
      for (const cell of layers) [before, last] = [last, cell(before, last, mode)];
      return classifier.forward(globalAveragePool(last));
    },
  };
}

interface CellSizes {
  /** Channels of the cell before the last one and of the last one. */
  readonly inputs: readonly number[];
  readonly channels: number;
  readonly reduction: boolean;
  /** The last cell halved the image, so that the input from the cell before has twice its edge. */
  readonly afterReduction: boolean;
}

type RelaxedCell = (before: Value, last: Value, mode: NetworkMode) => Value;

function relaxedCell(
  context: LayerContext,
  name: string,
  { inputs, channels, reduction, afterReduction }: CellSizes,
  mixture: (graph: Graph) => Value,
  mix: Mixture,
): RelaxedCell {
  const preprocess = [0, 1].map((index): Block => {
    const sizes = { inputs: inputs[index], outputs: channels };
    const prefix = `${name}/input ${index}`;
    return index === 0 && afterReduction
      ? block(context, factorizedReduce(context, prefix, sizes))
      : reluConvBatchNorm(context, prefix, { ...sizes, kernel: 1 });
  });
  const edges = EDGES.map(([from], edge) =>
    OPERATIONS.map((operation) =>
      candidate(operation, context, `${name}/edge ${edge}/${operation}`, {
        channels,
        stride: reduction && from < 2 ? 2 : 1,
      }),
    ),
  );
  return (before, last, mode) => {
    const { graph } = last;
    const byBatch = batchNormMode(context, mode) === 'batch';
    const nodes = [preprocess[0](before, mode), preprocess[1](last, mode)];
    for (let node = 2; node < NODES + 2; node++) {
      const terms: MixedTerm[] = [];
      EDGES.forEach(([from, to], edge) => {
        if (to !== node) return;
        edges[edge].forEach((candidate, operation) => {
          if (!candidate) return;
          const index = edge * OPERATIONS.length + operation;
          const x = candidate.compute(nodes[from], mode);
          if (byBatch) terms.push({ x, index, norm: candidate.norm?.mixedNorm(graph) });
          else terms.push({ x: candidate.norm?.forward(x, 'running') ?? x, index });
        });
      });
      nodes.push(mix(terms, mixture(graph)));
    }
    return concat(nodes.slice(2));
  };
}
