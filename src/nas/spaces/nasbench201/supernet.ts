import type { Value } from '../../../engine/graph/graph.js';
import { VariableSet } from '../../../engine/graph/variables.js';
import { Conv2d } from '../../../engine/nn/conv2d.js';
import { relu } from '../../../engine/ops/elementwise/relu.js';
import type { NetworkMode, Supernet, SupernetOptions } from '../../networks/classifier.js';
import { type Block, batchNormLayer, type LayerContext } from '../../networks/layers.js';
import { type Computation, type EdgeOperation, edgeOperation } from '../shared/edgeOperation.js';
import { checkSupernet, mixCandidates, type TableMixture, tableMixtures } from '../shared/mixedNode.js';
import type { NetworkSettings } from '../shared/networkSettings.js';
import { type EdgeValue, joinEdges, partOfNode } from '../shared/partialChannels.js';
import { averagePool3x3, macroNetwork } from './blocks.js';
import { EDGES, NODES, OPERATIONS } from './cell.js';
import { CELL_RELAXATION } from './choices.js';

/**
 * All cells at once: node j = sum over edges i -> j and operations o of softmax(alpha_ij)_o * o(node i) (DARTS, eq. 2, on the
 * cell of NAS-Bench-201). All cells of the network share one table of architecture parameters, [edges, operations].
 * @throws {AttributeError} unless the channels of the first stage are a multiple of 4 x `partial`
 */
export function cellSupernet(
  settings: NetworkSettings,
  { affine, batchNorm, gated = false, candidates, partial = 1, checkpoint = false }: SupernetOptions,
): Supernet {
  checkSupernet('cellSupernet', settings.channels, { partial, gated, batchNorm });
  const context: LayerContext = {
    weights: new VariableSet('weights'),
    runningStatistics: new VariableSet('averages'),
    affine,
    trackRunningStatistics: batchNorm !== 'batch',
  };
  const mixtures = tableMixtures(CELL_RELAXATION.tables, gated);
  // The mixture of the pass that is being traced, because the macro network calls cells like any other block, without one.
  let table: TableMixture | undefined;
  const network = macroNetwork(context, settings, (name, channels): Block => {
    const cell = relaxedCell(context, name, { channels, gated, partial, candidates: candidates?.[0] });
    const mixed: Block = (x, mode) => cell(x, mode, table as TableMixture);
    return checkpoint ? (x, mode) => x.graph.checkpoint(() => mixed(x, mode)) : mixed;
  });
  return {
    weights: context.weights,
    runningStatistics: context.runningStatistics,
    alphas: mixtures.alphas,
    forward: (images, mode, mixture) => {
      [table] = mixtures.of(images.graph, mixture);
      return network(images, mode);
    },
  };
}

/**
 * All edges that leave a node are computed together: one convolution for each kind of operation with the outputs of all edges, and
 * all candidates of the node stacked along the channels.
 */
function relaxedCell(
  context: LayerContext,
  name: string,
  sizes: Omit<NodeSizes, 'from'>,
): (input: Value, mode: NetworkMode, mixture: TableMixture) => Value {
  const sources = Array.from({ length: NODES - 1 }, (_, from) =>
    relaxedNode(context, `${name}/node ${from}`, { ...sizes, from }),
  );
  return (input, mode, mixture) => {
    const received = Array.from({ length: NODES }, (): EdgeValue[] => []);
    let node = input;
    sources.forEach((give, from) => {
      for (const edge of give(node, mixture, mode)) received[edge.target].push(edge);
      node = joinEdges(received[from + 1], mixture.edges, sizes.partial);
    });
    return node;
  };
}

interface NodeSizes {
  readonly channels: number;
  readonly gated: boolean;
  /** Candidates process the first 1/partial of a node's channels; the others bypass them (PC-DARTS). */
  readonly partial: number;
  /** Which candidates there are, [edges, operations], row-major; absent: all. */
  readonly candidates?: readonly boolean[];
  /** The node's number in its cell. */
  readonly from: number;
}

/** The contributions of a node to every later node. `none` is zero: its weight acts only through the softmax. */
function relaxedNode(
  context: LayerContext,
  name: string,
  { channels: all, gated, partial, candidates, from }: NodeSizes,
): (node: Value, mixture: TableMixture, mode: NetworkMode) => EdgeValue[] {
  const channels = all / partial;
  const edges = EDGES.flatMap(([source, target], row) => (source === from ? [{ row, target }] : []));
  const rows = edges.map(({ row }) => row);
  const columnOf = (operation: (typeof OPERATIONS)[number]) => OPERATIONS.indexOf(operation);
  const having = (column: number) => rows.filter((row) => candidates?.[row * OPERATIONS.length + column] ?? true);
  const edgeOperations = (
    operation: (typeof OPERATIONS)[number],
    prefix: string,
    build: (name: string, copies: number) => Computation,
  ): EdgeOperation[] => {
    const options = { operation: columnOf(operation), shared: operation === 'avg_pool_3x3' };
    const node = { rows: having(options.operation), gated };
    return node.rows.length > 0 ? [edgeOperation(node, prefix, options, build)] : [];
  };
  const convolution = (operation: (typeof OPERATIONS)[number], kernel: number) =>
    edgeOperations(operation, `${name}/${operation}`, (prefix, copies) => {
      const outputs = copies * channels;
      const sizes = { inputs: channels, outputs, kernel, padding: (kernel - 1) / 2 };
      const layer = new Conv2d(context.weights, prefix, sizes);
      return { channels: outputs, compute: (x) => layer.forward(x) };
    });
  const convolutions = [...convolution('nor_conv_1x1', 1), ...convolution('nor_conv_3x3', 3)];
  const pools = edgeOperations('avg_pool_3x3', name, () => ({ channels, compute: averagePool3x3 }));
  const stacked = convolutions.reduce((sum, each) => sum + each.channels, 0);
  const norm = stacked > 0 ? batchNormLayer(context, `${name}/norm`, stacked) : undefined;
  const skipColumn = columnOf('skip_connect');
  const skips = having(skipColumn).length > 0;
  return (node, { weights, gates, skip }, mode) => {
    const [x, bypass] = partOfNode(node, partial);
    const positive = relu(x);
    const values = mixCandidates(
      context,
      {
        normalised: convolutions.map(({ compute, ...each }) => ({ ...each, value: compute(positive, gates, mode) })),
        raw: pools.map(({ compute, ...each }) => ({ ...each, value: compute(x, gates, mode) })),
        skip: skips ? { operation: skipColumn, value: skip?.(x) ?? x } : undefined,
      },
      norm,
      { rows, weights, channels, mode },
    );
    return edges.map((edge, e) => ({ ...edge, value: values[e], bypass }));
  };
}
