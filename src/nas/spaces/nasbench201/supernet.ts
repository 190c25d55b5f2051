import { AttributeError } from '../../../engine/errors.js';
import type { Graph, Value } from '../../../engine/graph/graph.js';
import { VariableSet } from '../../../engine/graph/variables.js';
import { Conv2d } from '../../../engine/nn/conv2d.js';
import { normal } from '../../../engine/nn/initializers.js';
import { add } from '../../../engine/ops/add.js';
import { relu } from '../../../engine/ops/relu.js';
import { softmax } from '../../../engine/ops/softmax.js';
import type { NetworkMode, Supernet, SupernetOptions } from '../../training/classifier.js';
import { edgeOperation } from '../edgeOperation.js';
import { type Block, batchNormLayer, type LayerContext } from '../layers.js';
import { checkSupernet, mixCandidates } from '../mixedNode.js';
import type { NetworkSettings } from '../space.js';
import { averagePool3x3, macroNetwork } from './blocks.js';
import { type Cell, EDGES, formatCell, NODES, OPERATIONS } from './cell.js';

/** Standard deviation of the initial architecture parameters (DARTS: 1e-3 times a standard normal). */
const INITIAL_DEVIATION = 1e-3;

/**
 * All cells at once: node j = sum over edges i -> j and operations o of softmax(alpha_ij)_o * o(node i) (DARTS, eq. 2, on the
 * cell of NAS-Bench-201). All cells of the network share one table of architecture parameters, [edges, operations].
 * @throws AttributeError unless the channels of the first stage are a multiple of 4
 */
export function cellSupernet(
  settings: NetworkSettings,
  { affine, batchNorm, mixture = 'alphas', partial = 1, checkpoint = false }: SupernetOptions,
): Supernet {
  checkSupernet('cellSupernet', settings.channels, { mixture, batchNorm });
  if (partial !== 1)
    throw new AttributeError(`cellSupernet: partial is ${partial}, wanted 1: partial channels are of the DARTS space`);
  const context: LayerContext = {
    weights: new VariableSet('weights'),
    averages: new VariableSet('averages'),
    affine,
    trackRunning: batchNorm === 'running',
  };
  const alphas = new VariableSet('alphas');
  const table = [EDGES.length, OPERATIONS.length];
  const alpha = alphas.add('alpha', table, normal(0, INITIAL_DEVIATION));
  const gated = mixture === 'feeds';
  // Every cell asks for the weights; the graph computes them once.
  const weights = (graph: Graph) => (gated ? graph.feed('alpha', table) : softmax(graph.read(alpha)));
  const network = macroNetwork(context, settings, (name, channels): Block => {
    const cell = relaxedCell(context, name, { channels, gated }, weights);
    return checkpoint ? (x, mode) => x.graph.checkpoint(() => cell(x, mode)) : cell;
  });
  return {
    weights: context.weights,
    averages: context.averages,
    alphas,
    forward: network,
    derive: (values) => formatCell(strongest(values)),
  };
}

/**
 * All edges that leave a node are computed together: a convolution of as many times the outputs for each kind, and one stack of
 * all candidates of the node.
 */
function relaxedCell(
  context: LayerContext,
  name: string,
  sizes: { readonly channels: number; readonly gated: boolean },
  mixture: (graph: Graph) => Value,
): Block {
  const sources = Array.from({ length: NODES - 1 }, (_, from) =>
    relaxedNode(context, `${name}/node ${from}`, { ...sizes, from }),
  );
  return (input, mode) => {
    const weights = mixture(input.graph);
    const received = Array.from({ length: NODES }, (): Value[] => []);
    let node = input;
    sources.forEach((give, from) => {
      for (const { target, value } of give(node, weights, mode)) received[target].push(value);
      node = add(...received[from + 1]);
    });
    return node;
  };
}

/** What a node gives to every node after it. `none` adds nothing: its weight acts through the softmax alone. */
function relaxedNode(
  context: LayerContext,
  name: string,
  { channels, gated, from }: { readonly channels: number; readonly gated: boolean; readonly from: number },
) {
  const edges = EDGES.flatMap(([source, target], row) => (source === from ? [{ row, target }] : []));
  const node = { rows: edges.map(({ row }) => row), gated };
  const convolution = (operation: (typeof OPERATIONS)[number], kernel: number) =>
    edgeOperation(node, `${name}/${operation}`, { operation: OPERATIONS.indexOf(operation) }, (prefix, copies) => {
      const outputs = copies * channels;
      const sizes = { inputs: channels, outputs, kernel, padding: (kernel - 1) / 2 };
      const layer = new Conv2d(context.weights, prefix, sizes);
      return { channels: outputs, compute: (x) => layer.forward(x) };
    });
  const convolutions = [convolution('nor_conv_1x1', 1), convolution('nor_conv_3x3', 3)];
  const average = { operation: OPERATIONS.indexOf('avg_pool_3x3'), shared: true };
  const pool = edgeOperation(node, name, average, () => ({ channels, compute: averagePool3x3 }));
  const norm = batchNormLayer(
    context,
    `${name}/norm`,
    convolutions.reduce((sum, each) => sum + each.channels, 0),
  );
  return (x: Value, weights: Value, mode: NetworkMode) => {
    const positive = relu(x);
    const values = mixCandidates(
      context,
      {
        normalised: convolutions.map(({ operation, compute }) => ({
          operation,
          value: compute(positive, weights, mode),
        })),
        raw: [{ operation: pool.operation, value: pool.compute(x, weights, mode) }],
        skip: { operation: OPERATIONS.indexOf('skip_connect'), value: x },
      },
      norm,
      { rows: node.rows, weights, channels, mode },
    );
    return edges.map(({ target }, e) => ({ target, value: values[e] }));
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
