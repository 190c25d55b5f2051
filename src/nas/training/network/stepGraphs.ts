import type { Graph } from '../../../engine/graph/graph.js';
import { Adam } from '../../../engine/optim/adam.js';
import type { Classifier, Supernet } from '../../networks/classifier.js';
import type { Protocol } from '../../records/protocol.js';
import { optimizerOf } from '../loop/schedule.js';
import { trainingLoss } from './trainingLoss.js';

/**
 * What traces the kernels of training by a protocol, and those of evaluation, without images or a device: what a tuner needs
 * to know of them. The images are feeds; for a supernet both weights and architecture parameters are updated.
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
