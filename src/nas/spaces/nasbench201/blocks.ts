import type { Value } from '../../../engine/graph/graph.js';
import { Conv2d } from '../../../engine/nn/conv2d.js';
import { Linear } from '../../../engine/nn/linear.js';
import { add } from '../../../engine/ops/elementwise/add.js';
import { relu } from '../../../engine/ops/elementwise/relu.js';
import { averagePool } from '../../../engine/ops/pool/averagePool.js';
import { globalAveragePool } from '../../../engine/ops/pool/globalAveragePool.js';
import { type Block, batchNorm, convBatchNorm, type LayerContext } from '../../networks/layers.js';
import type { NetworkSettings } from '../shared/networkSettings.js';

/** Average pool 3x3 without padding in the mean (2001.00326, table 1; no batch norm at equal channels). */
export function averagePool3x3(x: Value): Value {
  return averagePool(x, { kernel: 3, stride: 1, padding: 1, countPadding: false });
}

/** Residual block that halves the edge and doubles the channels: two 3x3 convolutions; shortcut: average pool 2x2, 1x1 convolution. */
function residualBlock(context: LayerContext, name: string, inputs: number): Block {
  const outputs = 2 * inputs;
  // ReLU before each of the two convolutions; the second is fused with the batch norm that precedes it.
  const first = convBatchNorm(context, `${name}/first`, { inputs, outputs, kernel: 3, stride: 2 }, { relu: true });
  const second = convBatchNorm(context, `${name}/second`, { inputs: outputs, outputs, kernel: 3 });
  const shortcut = new Conv2d(context.weights, `${name}/shortcut`, { inputs, outputs, kernel: 1 });
  return (x, mode) =>
    add(second(first(relu(x), mode), mode), shortcut.forward(averagePool(x, { kernel: 2, stride: 2, padding: 0 })));
}

/**
 * The macro network of NAS-Bench-201 (Dong and Yang 2020, 2001.00326, section 2.1, figure 1) around any cell: stem, three
 * stages of N cells with a residual block between them, batch norm, ReLU, global average pool, classifier.
 * @param cell builds a cell with a name for its variables and a number of channels
 */
export function macroNetwork(
  context: LayerContext,
  { channels, cells, classes, imageChannels }: NetworkSettings,
  cell: (name: string, channels: number) => Block,
): Block {
  // Outside the cells batch norm always has scale and shift, as in the published supernets.
  const outside = { ...context, affine: true };
  const stem = new Conv2d(context.weights, 'stem/conv', {
    inputs: imageChannels,
    outputs: channels,
    kernel: 3,
    padding: 1,
  });
  const stemNorm = batchNorm(outside, 'stem/norm', channels);
  const blocks: Block[] = [];
  for (let stage = 0; stage < 3; stage++) {
    const width = channels * 2 ** stage;
    if (stage > 0) blocks.push(residualBlock(outside, `stage ${stage}/reduction`, width / 2));
    for (let n = 0; n < cells; n++) blocks.push(cell(`stage ${stage}/cell ${n}`, width));
  }
  const lastNorm = batchNorm(outside, 'last/norm', 4 * channels, { relu: true });
  const classifier = new Linear(context.weights, 'classifier', { inputs: 4 * channels, outputs: classes });
  return (images, mode) => {
    const start = stemNorm(stem.forward(images), mode);
    const features = blocks.reduce((x, block) => block(x, mode), start);
    return classifier.forward(globalAveragePool(lastNorm(features, mode)));
  };
}
