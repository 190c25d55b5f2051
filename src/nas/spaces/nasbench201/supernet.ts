import type { Graph, Value } from '../../../engine/graph/graph.js';
import { VariableSet } from '../../../engine/graph/variables.js';
import { normal } from '../../../engine/nn/initializers.js';
import { softmax } from '../../../engine/ops/softmax.js';
import { weightedSum } from '../../../engine/ops/weightedSum.js';
import type { Supernet, SupernetOptions } from '../../training/classifier.js';
import type { NetworkSettings } from '../space.js';
import { averagePool3x3, type Block, type LayerContext, macroNetwork, reluConvBatchNorm } from './blocks.js';
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
    nor_conv_1x1: reluConvBatchNorm(context, `${name}/edge ${edge}/1x1`, { ...sizes, kernel: 1 }),
    nor_conv_3x3: reluConvBatchNorm(context, `${name}/edge ${edge}/3x3`, { ...sizes, kernel: 3 }),
  }));
  return (input, mode) => {
    const nodes: Value[] = [input];
    for (let node = 1; node < NODES; node++) {
      const terms: Value[] = [];
      const indices: number[] = [];
      EDGES.forEach(([from, to], edge) => {
        if (to !== node) return;
        const x = nodes[from];
        const candidates = {
          skip_connect: x,
          nor_conv_1x1: convolutions[edge].nor_conv_1x1(x, mode),
          nor_conv_3x3: convolutions[edge].nor_conv_3x3(x, mode),
          avg_pool_3x3: averagePool3x3(x),
        };
        // `none` adds nothing: its weight acts through the softmax alone.
        for (const [operation, value] of Object.entries(candidates)) {
          terms.push(value);
          indices.push(edge * OPERATIONS.length + OPERATIONS.indexOf(operation as (typeof OPERATIONS)[number]));
        }
      });
      nodes.push(weightedSum(terms, mixture(input.graph), indices));
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
