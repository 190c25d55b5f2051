import type { Value } from '../../../engine/graph/graph.js';
import { VariableSet } from '../../../engine/graph/variables.js';
import { add } from '../../../engine/ops/elementwise/add.js';
import { scale } from '../../../engine/ops/elementwise/scale.js';
import type { Classifier } from '../../networks/classifier.js';
import { type Block, type LayerContext, reluConvBatchNorm } from '../../networks/layers.js';
import type { NetworkSettings } from '../shared/networkSettings.js';
import { averagePool3x3, macroNetwork } from './blocks.js';
import { type Cell, EDGES, NODES, OPERATIONS } from './cell.js';

/** The network of a cell, with affine batch norm and running averages throughout. */
export function cellNetwork(cell: Cell, settings: NetworkSettings): Classifier {
  const context: LayerContext = {
    weights: new VariableSet('weights'),
    runningStatistics: new VariableSet('averages'),
    affine: true,
    trackRunningStatistics: true,
  };
  const network = macroNetwork(context, settings, (name, channels) => buildCell(cell, context, name, channels));
  return { weights: context.weights, runningStatistics: context.runningStatistics, forward: network };
}

function buildCell(cell: Cell, context: LayerContext, name: string, channels: number): Block {
  const edges = cell.map((operation, edge) => edgeBlock(operation, context, `${name}/edge ${edge}`, channels));
  return (input, mode) => {
    const nodes: Value[] = [input];
    for (let node = 1; node < NODES; node++) {
      const incoming = EDGES.flatMap(([from, to], edge) => {
        const block = to === node ? edges[edge] : undefined;
        return block ? [block(nodes[from], mode)] : [];
      });
      // A node without inputs is zero; a batch norm after it may still add its shift.
      nodes.push(incoming.length > 0 ? add(...incoming) : scale(input, 0));
    }
    return nodes[NODES - 1];
  };
}

/** The operation of an edge; undefined for `none`. */
function edgeBlock(operation: number, context: LayerContext, name: string, channels: number): Block | undefined {
  const sizes = { inputs: channels, outputs: channels };
  switch (OPERATIONS[operation]) {
    case 'none':
      return undefined;
    case 'skip_connect':
      return (x) => x;
    case 'nor_conv_1x1':
      return reluConvBatchNorm(context, name, { ...sizes, kernel: 1 });
    case 'nor_conv_3x3':
      return reluConvBatchNorm(context, name, { ...sizes, kernel: 3 });
    case 'avg_pool_3x3':
      return averagePool3x3;
  }
}
