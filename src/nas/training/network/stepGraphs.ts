import type { Graph } from '../../../engine/graph/graph.js';
import { Adam } from '../../../engine/optim/adam.js';
import type { Classifier, Supernet } from '../../networks/classifier.js';
import type { Protocol } from '../../records/protocol.js';
import { optimizerOf } from '../loop/schedule.js';
import { trainingLoss } from './trainingLoss.js';

/**
 * Functions that trace a training step by a protocol and an evaluation, for a tuner: images are feeds, and no device is needed. For a
 * supernet the training step updates both weights and architecture parameters.
 */
export function stepGraphs(network: Classifier | Supernet, protocol: Protocol): ((graph: Graph) => void)[] {
  const { batch, imageSize, imageChannels } = protocol;
  const images = (graph: Graph) => graph.feed('images', [batch, imageSize, imageSize, imageChannels]);
  const alphas = 'alphas' in network ? [new Adam(network.alphas, { learningRate: 1e-3 })] : [];
  const optimizers = [...alphas, optimizerOf(protocol, network.weights, 1)];
  return [
    (graph) => {
      const { loss } = trainingLoss(network, images(graph), graph.feed('labels', [batch], 'u32'), protocol, 0);
      for (const optimizer of optimizers) optimizer.apply(loss);
    },
    (graph) => graph.output('logits', network.forward(images(graph), 'evaluate')),
  ];
}
