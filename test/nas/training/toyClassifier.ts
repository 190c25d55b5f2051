import { VariableSet, zeros } from '../../../src/engine/graph/variables.js';
import { flatten } from '../../../src/engine/ops/copy/flatten.js';
import { add } from '../../../src/engine/ops/elementwise/add.js';
import { matmul } from '../../../src/engine/ops/matmul/matmul.js';
import { broadcastRow } from '../../../src/engine/ops/reduce/reduce.js';
import type { Classifier } from '../../../src/nas/networks/classifier.js';
import { stripes, tinyProtocol } from './trainingRun.js';

/** A linear classifier of 8x8 images of four classes: a network whose programs have few kernels. */
export function linearClassifier(): Classifier {
  const weights = new VariableSet('weights');
  const weight = weights.add('weight', [64, 4], zeros, { layout: 'matrix' });
  const bias = weights.add('bias', [4], zeros);
  const runningStatistics = new VariableSet('averages');
  runningStatistics.add('unused', [4], zeros);
  return {
    weights,
    runningStatistics,
    forward(images) {
      const { graph } = images;
      const logits = matmul(flatten(images), graph.read(weight));
      return add(logits, broadcastRow(graph.read(bias), logits.type));
    },
  };
}

/** What a trainer of a linear classifier needs besides an engine; six steps an epoch. */
export function linearTraining() {
  return {
    network: linearClassifier(),
    data: { shape: { height: 8, width: 8, channels: 1 }, train: stripes(96, 1), test: stripes(40, 2) },
    protocol: tinyProtocol,
    seed: 5,
  };
}
