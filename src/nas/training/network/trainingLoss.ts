import { AttributeError } from '../../../engine/errors/errors.js';
import type { Value } from '../../../engine/graph/graph.js';
import { add } from '../../../engine/ops/elementwise/add.js';
import { scale } from '../../../engine/ops/elementwise/scale.js';
import { crossEntropy } from '../../../engine/ops/loss/crossEntropy.js';
import { dropPath } from '../../../engine/ops/random/dropout.js';
import type { Program } from '../../../engine/runtime/program.js';
import type { Classifier } from '../../networks/classifier.js';
import type { TrainingLogits } from '../../networks/regularization.js';
import type { Protocol } from '../../records/protocol.js';

/** Name of the feed of the drop path probability of a step. */
const RATE = 'dropPath';

/**
 * The training loss: cross entropy, plus `auxiliaryWeight` times that of the auxiliary classifier. Drop path needs the feeds of
 * `dropPathFeed` and `stepFeed`.
 * @param images [batch, height, width, channels]
 * @param labels [batch], u32
 * @param seed of drop path
 * @returns loss, a scalar, and logits [batch, classes]
 * @throws {AttributeError} when the protocol asks for drop path or an auxiliary classifier that the network lacks
 */
export function trainingLoss(
  network: Classifier,
  images: Value,
  labels: Value,
  protocol: Protocol,
  seed: number,
): { loss: Value; logits: Value } {
  const { labelSmoothing, auxiliaryWeight } = protocol;
  const { logits, auxiliary } = trainingLogits(network, images, protocol, seed);
  const loss = crossEntropy(logits, labels, { labelSmoothing });
  if (!(auxiliaryWeight > 0)) return { loss, logits };
  if (!auxiliary)
    throw new AttributeError(
      `auxiliaryWeight is ${auxiliaryWeight}, but the network was built without an auxiliary classifier`,
    );
  return { loss: add(loss, scale(crossEntropy(auxiliary, labels, { labelSmoothing }), auxiliaryWeight)), logits };
}

/** @throws {AttributeError} when the protocol asks for drop path or an auxiliary classifier that the network lacks */
export function checkRegularization(network: Classifier, protocol: Protocol): void {
  for (const field of ['dropPath', 'auxiliaryWeight'] as const)
    if (protocol[field] > 0 && !network.train)
      throw new AttributeError(
        `${field} is ${protocol[field]}, wanted 0: networks of this space have neither drop path nor an auxiliary classifier`,
      );
}

function trainingLogits(network: Classifier, images: Value, protocol: Protocol, seed: number): TrainingLogits {
  checkRegularization(network, protocol);
  if (!network.train) return { logits: network.forward(images, 'train') };
  const { graph } = images;
  return network.train(images, {
    dropPath:
      protocol.dropPath > 0
        ? (x, place) => dropPath(x, graph.feed(RATE), graph.feed('step', [], 'u32'), { seed, purpose: place })
        : undefined,
  });
}

/** The drop path probability of an epoch, counted from 0: linear from 0 (Zoph et al. 2018, NASNet's schedule). */
export function dropPathFeed(program: Program, protocol: Protocol, epoch: number): Readonly<Record<string, number>> {
  return program.hasFeed(RATE) ? { [RATE]: (protocol.dropPath * epoch) / protocol.epochs } : {};
}
