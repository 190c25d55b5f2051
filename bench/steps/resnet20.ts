import type { Value } from '../../src/engine/graph/graph.js';
import { VariableSet } from '../../src/engine/graph/variables.js';
import { BatchNorm2d } from '../../src/engine/nn/batchNorm2d.js';
import { Conv2d } from '../../src/engine/nn/conv2d.js';
import { kaimingNormal } from '../../src/engine/nn/initializers.js';
import { Linear } from '../../src/engine/nn/linear.js';
import { add } from '../../src/engine/ops/elementwise/add.js';
import { relu } from '../../src/engine/ops/elementwise/relu.js';
import { globalAveragePool } from '../../src/engine/ops/pool/globalAveragePool.js';
import type { Classifier } from '../../src/nas/networks/classifier.js';
import type { Block } from '../../src/nas/networks/layers.js';

interface ResNetSettings {
  readonly imageChannels: number;
  /** Of the first of three stages; 16 in ResNet-20. */
  readonly channels: number;
  /** Residual blocks a stage; 3 in ResNet-20. */
  readonly cells: number;
  readonly classes: number;
}

/**
 * The residual network for CIFAR of He et al. 2016 (section 4.2), with projection shortcuts where the size changes (option B).
 * Batches are normalised by their own statistics; running averages are kept in training.
 */
export function resnet({ imageChannels, channels, cells, classes }: ResNetSettings): Classifier {
  const weights = new VariableSet('weights');
  const runningStatistics = new VariableSet('averages');
  const convolutionNorm = (name: string, inputs: number, outputs: number, kernel: number, stride: number): Block => {
    const convolution = new Conv2d(weights, `${name}/conv`, {
      inputs,
      outputs,
      kernel,
      stride,
      padding: (kernel - 1) / 2,
      initializer: kaimingNormal('fanIn'),
    });
    const norm = new BatchNorm2d(weights, runningStatistics, `${name}/norm`, { channels: outputs });
    return (x, mode) => norm.forward(convolution.forward(x), mode === 'train' ? 'batch' : 'running');
  };
  const residual = (name: string, inputs: number, outputs: number): Block => {
    const stride = outputs > inputs ? 2 : 1;
    const first = convolutionNorm(`${name}/first`, inputs, outputs, 3, stride);
    const second = convolutionNorm(`${name}/second`, outputs, outputs, 3, 1);
    const shortcut = stride > 1 ? convolutionNorm(`${name}/shortcut`, inputs, outputs, 1, stride) : (x: Value) => x;
    return (x, mode) => relu(add(second(relu(first(x, mode)), mode), shortcut(x, mode)));
  };
  const stem = convolutionNorm('stem', imageChannels, channels, 3, 1);
  const blocks: Block[] = [];
  for (let stage = 0, inputs = channels; stage < 3; stage++)
    for (let block = 0; block < cells; block++) {
      const outputs = channels * 2 ** stage;
      blocks.push(residual(`stage ${stage}/block ${block}`, inputs, outputs));
      inputs = outputs;
    }
  const classifier = new Linear(weights, 'classifier', { inputs: 4 * channels, outputs: classes });
  return {
    weights,
    runningStatistics,
    forward: (images, mode) => {
      const features = blocks.reduce((x, block) => block(x, mode), relu(stem(images, mode)));
      return classifier.forward(globalAveragePool(features));
    },
  };
}
