import type { Graph, Value } from '../../../engine/graph/graph.js';
import { VariableSet } from '../../../engine/graph/variables.js';
import { normal } from '../../../engine/nn/initializers.js';
import { type MixedTerm, mixedSum } from '../../../engine/ops/mixedSum.js';
import { softmax } from '../../../engine/ops/softmax.js';
import type { Supernet, SupernetOptions } from '../../training/classifier.js';
import { type Block, batchNormMode, type LayerContext, reluConvBatchNormLayers } from '../layers.js';
import type { NetworkSettings } from '../space.js';
import { averagePool3x3, macroNetwork } from './blocks.js';
import { type Cell, EDGES, formatCell, NODES, OPERATIONS } from './cell.js';

/** Standard deviation of the initial architecture parameters (DARTS: 1e-3 times a standard normal). */
const INITIAL_DEVIATION = 1e-3;

/**
 * All cells at once: node j = sum over edges i -> j and operations o of softmax(alpha_ij)_o * o(node i) (DARTS, eq. 2, on the
 * cell of NAS-Bench-201). All cells of the network share one table of architecture parameters, [edges, operations].
 */
export function cellSupernet(settings: NetworkSettings, { affine, batchNorm }: SupernetOptions): Supernet {
  const context: LayerContext = {
    weights: new VariableSet('weights'),
    averages: new VariableSet('averages'),
    affine,
    trackRunning: batchNorm === 'running',
  };
  const alphas = new VariableSet('alphas');
  const alpha = alphas.add('alpha', [EDGES.length, OPERATIONS.length], normal(0, INITIAL_DEVIATION));
  // Every cell asks for the softmax; the graph computes it once.
  const mixture = (graph: Graph) => softmax(graph.read(alpha));
  const network = macroNetwork(context, settings, (name, channels) => relaxedCell(context, name, channels, mixture));
  return {
    weights: context.weights,
    averages: context.averages,
    alphas,
    forward: network,
    derive: (values) => formatCell(strongest(values)),
  };
}

function relaxedCell(context: LayerContext, name: string, channels: number, mixture: (graph: Graph) => Value): Block {
  const sizes = { inputs: channels, outputs: channels };
  const convolutions = EDGES.map((_, edge) => ({
    nor_conv_1x1: reluConvBatchNormLayers(context, `${name}/edge ${edge}/1x1`, { ...sizes, kernel: 1 }),
    nor_conv_3x3: reluConvBatchNormLayers(context, `${name}/edge ${edge}/3x3`, { ...sizes, kernel: 3 }),
  }));
  return (input, mode) => {
    const { graph } = input;
    const byBatch = batchNormMode(context, mode) === 'batch';
    const nodes: Value[] = [input];
    for (let node = 1; node < NODES; node++) {
      // `none` adds nothing: its weight acts through the softmax alone.
      const terms: MixedTerm[] = [];
      EDGES.forEach(([from, to], edge) => {
        if (to !== node) return;
        const x = nodes[from];
        const indexOf = (operation: (typeof OPERATIONS)[number]) =>
          edge * OPERATIONS.length + OPERATIONS.indexOf(operation);
        terms.push({ x, index: indexOf('skip_connect') });
        for (const operation of ['nor_conv_1x1', 'nor_conv_3x3'] as const) {
          const { convolve, norm } = convolutions[edge][operation];
          const index = indexOf(operation);
          if (byBatch) terms.push({ x: convolve(x), index, norm: norm.mixedNorm(graph) });
          else terms.push({ x: norm.forward(convolve(x), 'running'), index });
        }
        terms.push({ x: averagePool3x3(x), index: indexOf('avg_pool_3x3') });
      });
      nodes.push(mixedSum(terms, mixture(graph)));
    }
    return nodes[NODES - 1];
  };
}

/** On every edge the operation of the largest parameter, the first of equals; `none` may win. */
function strongest(alphas: ArrayLike<number>): Cell {
  const width = OPERATIONS.length;
  return EDGES.map((_, edge) => {
    let best = 0;
    for (let o = 1; o < width; o++) if (alphas[edge * width + o] > alphas[edge * width + best]) best = o;
    return best;
  }) as unknown as Cell;
}
