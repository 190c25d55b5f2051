import type { Value } from '../../../src/engine/graph/graph.js';
import { VariableSet } from '../../../src/engine/graph/variables.js';
import { normal } from '../../../src/engine/nn/initializers.js';
import { weightedSum } from '../../../src/engine/ops/elementwise/weightedSum.js';
import { softmax } from '../../../src/engine/ops/reduce/softmax.js';
import type { Supernet, SupernetOptions } from '../../../src/nas/networks/classifier.js';
import { type Block, type LayerContext, reluConvBatchNorm } from '../../../src/nas/networks/layers.js';
import { averagePool3x3, macroNetwork } from '../../../src/nas/spaces/nasbench201/blocks.js';
import { EDGES, NODES } from '../../../src/nas/spaces/nasbench201/cell.js';
import type { NetworkSettings } from '../../../src/nas/spaces/shared/networkSettings.js';

/** The supernet of NAS-Bench-201 of single operations: batch norm of every candidate, then a weighted sum (DARTS, eq. 2). */
export function unfusedSupernet(settings: NetworkSettings, { affine, batchNorm }: SupernetOptions): Supernet {
  const context: LayerContext = {
    weights: new VariableSet('weights'),
    runningStatistics: new VariableSet('averages'),
    affine,
    trackRunningStatistics: batchNorm === 'running',
  };
  const alphas = new VariableSet('alphas');
  const alpha = alphas.add('alpha', [6, 5], normal(0, 1e-3));
  const cell = (name: string, channels: number): Block => {
    const sizes = { inputs: channels, outputs: channels };
    const convolutions = EDGES.map((_, edge) =>
      [1, 3].map((kernel) =>
        reluConvBatchNorm(context, `${name}/edge ${edge}/${kernel}x${kernel}`, { ...sizes, kernel }),
      ),
    );
    return (input, mode) => {
      const nodes: Value[] = [input];
      for (let node = 1; node < NODES; node++) {
        const terms: Value[] = [];
        const indices: number[] = [];
        EDGES.forEach(([from, to], edge) => {
          if (to !== node) return;
          const x = nodes[from];
          terms.push(x, ...convolutions[edge].map((convolution) => convolution(x, mode)), averagePool3x3(x));
          // The columns of the table: none, skip, 1x1, 3x3, pool.
          indices.push(...[1, 2, 3, 4].map((operation) => edge * 5 + operation));
        });
        nodes.push(weightedSum(terms, softmax(input.graph.read(alpha)), indices));
      }
      return nodes[NODES - 1];
    };
  };
  const forward = macroNetwork(context, settings, cell);
  return { weights: context.weights, runningStatistics: context.runningStatistics, alphas, forward };
}
