import type { Value } from '../../../src/engine/graph/graph.js';
import { VariableSet } from '../../../src/engine/graph/variables.js';
import { Conv2d } from '../../../src/engine/nn/conv2d.js';
import { normal } from '../../../src/engine/nn/initializers.js';
import { Linear } from '../../../src/engine/nn/linear.js';
import { concat } from '../../../src/engine/ops/copy/concat.js';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { weightedSum } from '../../../src/engine/ops/elementwise/weightedSum.js';
import { averagePool } from '../../../src/engine/ops/pool/averagePool.js';
import { globalAveragePool } from '../../../src/engine/ops/pool/globalAveragePool.js';
import { maxPool } from '../../../src/engine/ops/pool/maxPool.js';
import { softmax } from '../../../src/engine/ops/reduce/softmax.js';
import type { Supernet, SupernetOptions } from '../../../src/nas/networks/classifier.js';
import { type Block, batchNorm, type LayerContext, reluConvBatchNorm } from '../../../src/nas/networks/layers.js';
import type { NetworkSettings } from '../../../src/nas/spaces/shared/networkSettings.js';

const NODES = 4;
const EDGES = 14;
/** none, max pool, average pool, skip connection, separable 3x3 and 5x5, dilated 3x3 and 5x5. */
const OPERATIONS = 8;

/**
 * The search network of DARTS (Liu et al. 2019) edge by edge, of single operations: every candidate completely, with its own batch normalisation,
 * then a weighted sum (eq. 2). A node's pools and their batch normalisation, which have no weights, are computed once for all its edges.
 */
export function unfusedDarts(
  { channels: first, cells, classes, imageChannels }: NetworkSettings,
  { affine, batchNorm: normMode }: SupernetOptions,
): Supernet {
  const context: LayerContext = {
    weights: new VariableSet('weights'),
    runningStatistics: new VariableSet('averages'),
    affine,
    trackRunningStatistics: normMode === 'running',
  };
  const alphas = new VariableSet('alphas');
  const [normalTable, reductionTable] = ['normal', 'reduction'].map((name) =>
    alphas.add(name, [EDGES, OPERATIONS], normal(0, 1e-3)),
  );
  const convolution = new Conv2d(context.weights, 'stem/conv', {
    inputs: imageChannels,
    outputs: 3 * first,
    kernel: 3,
    padding: 1,
  });
  const stemNorm = batchNorm({ ...context, affine: true }, 'stem/norm', 3 * first);
  let inputs = [3 * first, 3 * first];
  let channels = first;
  let afterReduction = false;
  const layers = Array.from({ length: cells }, (_, index) => {
    const reduction = index === Math.floor(cells / 3) || index === Math.floor((2 * cells) / 3);
    if (reduction) channels *= 2;
    const table = reduction ? reductionTable : normalTable;
    const cell = unfusedCell(context, `cell ${index}`, { inputs, channels, reduction, afterReduction });
    inputs = [inputs[1], NODES * channels];
    afterReduction = reduction;
    return { cell, table };
  });
  const classifier = new Linear(context.weights, 'classifier', { inputs: inputs[1], outputs: classes });
  return {
    weights: context.weights,
    runningStatistics: context.runningStatistics,
    alphas,
    forward: (images, mode) => {
      const { graph } = images;
      const start = stemNorm(convolution.forward(images), mode);
      let [before, last] = [start, start];
      for (const { cell, table } of layers)
        [before, last] = [last, cell([before, last], softmax(graph.read(table)), mode)];
      return classifier.forward(globalAveragePool(last));
    },
  };
}

interface CellSizes {
  readonly inputs: readonly number[];
  readonly channels: number;
  readonly reduction: boolean;
  readonly afterReduction: boolean;
}

function unfusedCell(
  context: LayerContext,
  name: string,
  { inputs, channels, reduction, afterReduction }: CellSizes,
): (values: readonly Value[], weights: Value, mode: Parameters<Block>[1]) => Value {
  const sizesOf = (input: number) => ({ inputs: inputs[input], outputs: channels });
  const preprocess = [
    afterReduction
      ? factorizedReduce(context, `${name}/input 0`, sizesOf(0))
      : reluConvBatchNorm(context, `${name}/input 0`, { ...sizesOf(0), kernel: 1 }),
    reluConvBatchNorm(context, `${name}/input 1`, { ...sizesOf(1), kernel: 1 }),
  ];
  const strideOf = (from: number) => (reduction && from < 2 ? 2 : 1);
  const pools = Array.from({ length: NODES + 1 }, (_, from) =>
    nodePools(context, name, from, channels, strideOf(from)),
  );
  let edge = 0;
  const nodes = Array.from({ length: NODES }, (_, node) =>
    Array.from({ length: node + 2 }, (_, from) => {
      const row = edge++;
      return { row, operations: edgeOperations(context, `${name}/edge ${row}`, channels, strideOf(from)) };
    }),
  );
  return (values, weights, mode) => {
    const computed = values.map((value, input) => preprocess[input](value, mode));
    const pooled = [0, 1].map((from) => pools[from].map((pool) => pool(computed[from], mode)));
    nodes.forEach((edges, node) => {
      const terms: Value[] = [];
      const indices: number[] = [];
      edges.forEach(({ row, operations }, from) => {
        terms.push(...pooled[from], ...operations.map((operation) => operation(computed[from], mode)));
        // All columns but that of `none`, in their order.
        for (let operation = 1; operation < OPERATIONS; operation++) indices.push(row * OPERATIONS + operation);
      });
      computed.push(weightedSum(terms, weights, indices));
      if (node < NODES - 1) pooled.push(pools[node + 2].map((pool) => pool(computed[node + 2], mode)));
    });
    return concat(computed.slice(2));
  };
}

function nodePools(context: LayerContext, cell: string, from: number, channels: number, stride: number): Block[] {
  const norm = (pool: string) => batchNorm(context, `${cell}/node ${from}/${pool}/norm`, channels);
  const [maxNorm, averageNorm] = ['max_pool_3x3', 'avg_pool_3x3'].map(norm);
  const window = { kernel: 3, stride, padding: 1 };
  return [
    (x, mode) => maxNorm(maxPool(x, window), mode),
    (x, mode) => averageNorm(averagePool(x, { ...window, countPadding: false }), mode),
  ];
}

/** Skip connection, separable 3x3 and 5x5, dilated 3x3 and 5x5 convolutions. */
function edgeOperations(context: LayerContext, edge: string, channels: number, stride: number): Block[] {
  const skip: Block =
    stride === 1
      ? (x) => x
      : factorizedReduce(context, `${edge}/skip_connect`, { inputs: channels, outputs: channels });
  const separable = [3, 5].map((kernel): Block => {
    const name = `${edge}/sep_conv_${kernel}x${kernel}`;
    const shape = { channels, kernel, dilation: 1 };
    const halves = [
      depthwisePointwise(context, `${name}/first`, { ...shape, stride }),
      depthwisePointwise(context, `${name}/second`, { ...shape, stride: 1 }),
    ];
    return (x, mode) => halves.reduce((value, half) => half(value, mode), x);
  });
  const dilated = [3, 5].map((kernel) =>
    depthwisePointwise(context, `${edge}/dil_conv_${kernel}x${kernel}`, { channels, kernel, dilation: 2, stride }),
  );
  return [skip, ...separable, ...dilated];
}

/** ReLU, depthwise convolution, pointwise convolution, batch norm. */
function depthwisePointwise(
  context: LayerContext,
  name: string,
  sizes: { readonly channels: number; readonly kernel: number; readonly dilation: number; readonly stride: number },
): Block {
  const { channels, kernel, dilation, stride } = sizes;
  const depthwise = new Conv2d(context.weights, `${name}/depthwise`, {
    inputs: channels,
    outputs: channels,
    groups: channels,
    kernel,
    stride,
    dilation,
    padding: (dilation * (kernel - 1)) / 2,
  });
  const pointwise = new Conv2d(context.weights, `${name}/pointwise`, {
    inputs: channels,
    outputs: channels,
    kernel: 1,
  });
  const norm = batchNorm(context, `${name}/norm`, channels);
  return (x, mode) => norm(pointwise.forward(depthwise.forward(relu(x))), mode);
}

/** ReLU, 1x1 convolutions of stride 2 of the image and of the image without its first row and column, batch norm. */
function factorizedReduce(
  context: LayerContext,
  name: string,
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
): Block {
  const half = (part: string, cut: number) =>
    new Conv2d(context.weights, `${name}/${part}`, {
      inputs,
      outputs: outputs / 2,
      kernel: 1,
      stride: 2,
      padding: [-cut, -cut, 0, 0],
    });
  const halves = [half('even', 0), half('odd', 1)];
  const norm = batchNorm(context, `${name}/norm`, outputs);
  return (x, mode) => {
    const positive = relu(x);
    return norm(concat(halves.map((each) => each.forward(positive))), mode);
  };
}
