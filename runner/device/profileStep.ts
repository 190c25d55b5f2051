import type { Value } from '../../src/engine/graph/index.js';
import { crossEntropy } from '../../src/engine/ops/index.js';
import { Adam } from '../../src/engine/optim/index.js';
import { Random } from '../../src/engine/random/index.js';
import type { Engine, Program } from '../../src/engine/runtime/index.js';
import { channelStatistics, type ImageSplit } from '../../src/nas/data/index.js';
import type { Classifier, Supernet } from '../../src/nas/networks/index.js';
import type { Protocol } from '../../src/nas/records/index.js';
import {
  DeviceImages,
  dropPathFeed,
  imageBatch,
  Metrics,
  optimizerOf,
  ResourceScope,
  stepFeed,
  trainingLoss,
} from '../../src/nas/training/index.js';

/** What is profiled: one step on a batch of random images. */
export interface StepOptions {
  readonly network: Classifier | Supernet;
  readonly protocol: Protocol;
  readonly classes: number;
  /** True: a step of training, for a supernet both passes of bilevel search; false: the forward pass. */
  readonly train: boolean;
}

export interface Step {
  readonly program: Program;
  readonly feeds: Readonly<Record<string, number | ArrayLike<number>>>;
  dispose(): void;
}

/** Adam as DARTS uses it for the architecture parameters (Liu et al. 2019, section 3.1). */
const ALPHA_OPTIMIZER = { learningRate: 3e-4, beta1: 0.5, beta2: 0.999, weightDecay: 1e-3 };

/** Compiles the step that the trainers run, on images of noise. */
export async function compileStep(engine: Engine, { network, protocol, classes, train }: StepOptions): Promise<Step> {
  const { batch, imageSize: size, imageChannels: channels } = protocol;
  const held = new ResourceScope();
  try {
    const alphas = 'alphas' in network ? network.alphas : undefined;
    for (const set of [network.weights, network.runningStatistics, ...(alphas ? [alphas] : [])]) {
      held.defer(() => engine.release(set));
      engine.allocate(set);
    }
    const weightOptimizer = optimizerOf(protocol, network.weights, 1);
    // Bilevel search updates the architecture parameters first, then the weights.
    const optimizers = train ? [...(alphas ? [new Adam(alphas, ALPHA_OPTIMIZER)] : []), weightOptimizer] : [];
    for (const optimizer of optimizers) {
      held.defer(() => optimizer.release(engine));
      optimizer.allocate(engine);
    }
    const split = randomImages(batch, size, channels, classes);
    const images = held.own(new DeviceImages(engine, 'images', split));
    const metrics = held.own(new Metrics(engine, 'step'));
    const shape = { height: size, width: size, channels };
    const common = { batch, shape, statistics: channelStatistics(split, channels) };
    const program = held.own(
      await engine.compile((graph) => {
        const passes = train ? optimizers : [undefined];
        passes.forEach((optimizer, index) => {
          const purpose = `augmentation ${index}`;
          const augmentation = optimizer && { ...protocol.augmentation, seed: 0, purpose };
          const { x, labels } = imageBatch(graph, images, { ...common, feed: 'indices', augmentation });
          const { loss, logits } = train
            ? trainingLoss(network, x, labels, protocol, 0)
            : evaluation(network, x, labels);
          optimizer?.apply(loss);
          metrics.record(graph, loss, logits, labels);
        });
      }),
    );
    const indices = Uint32Array.from({ length: batch }, (_, index) => index);
    const feeds = Object.assign({}, ...optimizers.map((optimizer) => optimizer.feeds(0)));
    const regularization = { ...stepFeed(program, 0), ...dropPathFeed(program, protocol, 0) };
    return { program, feeds: { indices, ...feeds, ...regularization }, dispose: () => held.dispose() };
  } catch (error) {
    held.dispose();
    throw error;
  }
}

function evaluation(network: Classifier, images: Value, labels: Value): { loss: Value; logits: Value } {
  const logits = network.forward(images, 'evaluate');
  return { loss: crossEntropy(logits, labels), logits };
}

function randomImages(count: number, size: number, channels: number, classes: number): ImageSplit {
  const random = new Random(0, 'images to profile with');
  return {
    count,
    pixels: Uint8Array.from({ length: count * size * size * channels }, () => random.integer(256)),
    labels: Uint16Array.from({ length: count }, (_, index) => index % classes),
  };
}
