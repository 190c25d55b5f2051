import { AttributeError } from '../../engine/errors/errors.js';
import { crossEntropy } from '../../engine/ops/loss/crossEntropy.js';
import type { Sgd } from '../../engine/optim/sgd.js';
import type { Compiler } from '../../engine/runtime/compiler.js';
import type { Program } from '../../engine/runtime/program.js';
import type { ImageSplit } from '../data/images/imageSet.js';
import { channelStatistics } from '../data/images/statistics.js';
import type { Classifier } from '../networks/classifier.js';
import type { EpochRecord } from '../records/epochRecord.js';
import type { Protocol } from '../records/protocol.js';
import { batchesPerEpoch, sequentialBatches, shuffledBatches } from './batches.js';
import { DeviceImages } from './deviceImages.js';
import { Holder } from './holder.js';
import { type ImageShape, imageBatch } from './imageBatch.js';
import { Metrics } from './metrics.js';
import { optimizerOf } from './schedule.js';
import { waitsAfter } from './stepsAhead.js';
import { dropPathFeed, trainingLoss } from './trainingLoss.js';

/** Steps submitted before waiting for the device, so that its queue stays short and progress is real. */
const STEPS_AHEAD = 8;

export interface TrainingData {
  readonly shape: ImageShape;
  readonly train: ImageSplit;
  /** Images that `evaluate` measures on. */
  readonly test: ImageSplit;
}

export interface TrainerOptions {
  readonly engine: Compiler;
  readonly network: Classifier;
  readonly data: TrainingData;
  readonly protocol: Protocol;
  /** Initial weights, order of batches, augmentation and drop path. */
  readonly seed: number;
}

/** Trains a network by a protocol: one submit a step, nothing read back but two numbers an epoch. */
export class Trainer {
  private epochsDone = 0;

  private constructor(
    private readonly options: TrainerOptions,
    private readonly batch: number,
    private readonly optimizer: Sgd,
    private readonly metrics: { readonly train: Metrics; readonly test: Metrics },
    private readonly programs: { readonly train: Program; readonly evaluate: Program },
    private readonly held: Holder,
  ) {}

  static async create(options: TrainerOptions): Promise<Trainer> {
    const { engine, network, data, protocol, seed } = options;
    const batch = Math.min(protocol.batch, data.train.count);
    if (batch < 1 || data.test.count < 1)
      throw new AttributeError(
        `training: got ${data.train.count} training and ${data.test.count} test images, wanted at least one of each`,
      );
    const held = new Holder();
    try {
      engine.allocate(network.weights, seed);
      engine.allocate(network.runningStatistics, seed);
      const steps = protocol.epochs * batchesPerEpoch(data.train.count, batch);
      const optimizer = optimizerOf(protocol, network.weights, steps);
      held.hold({ dispose: () => optimizer.release(engine) });
      optimizer.allocate(engine);
      const images = {
        train: held.hold(new DeviceImages(engine, 'train images', data.train)),
        test: held.hold(new DeviceImages(engine, 'test images', data.test)),
      };
      const metrics = { train: held.hold(new Metrics(engine, 'train')), test: held.hold(new Metrics(engine, 'test')) };
      const common = { batch, shape: data.shape, statistics: channelStatistics(data.train, data.shape.channels) };
      const workspace = held.hold(engine.workspace());
      const train = held.hold(
        await engine.compile(
          (graph) => {
            const augmentation = { ...protocol.augmentation, seed, purpose: 'training augmentation' };
            const { x, labels } = imageBatch(graph, images.train, { ...common, feed: 'indices', augmentation });
            const { loss, logits } = trainingLoss(network, x, labels, protocol, seed);
            optimizer.apply(loss);
            metrics.train.record(graph, loss, logits, labels);
          },
          { workspace },
        ),
      );
      const evaluate = held.hold(
        await engine.compile(
          (graph) => {
            const { x, labels } = imageBatch(graph, images.test, { ...common, feed: 'indices' });
            const logits = network.forward(x, 'evaluate');
            metrics.test.record(graph, crossEntropy(logits, labels, { reduction: 'sum' }), logits, labels);
          },
          { workspace },
        ),
      );
      return new Trainer(options, batch, optimizer, metrics, { train, evaluate }, held);
    } catch (error) {
      held.dispose();
      throw error;
    }
  }

  /** Trains one epoch. Images beyond the last whole batch wait for another epoch's order. */
  async epoch(onStep?: (done: number, total: number) => void): Promise<EpochRecord> {
    const { data, seed, engine, protocol } = this.options;
    const epoch = this.epochsDone;
    const batches = shuffledBatches(data.train.count, this.batch, seed, 'training order', epoch);
    const first = epoch * batches.length;
    for (const [index, indices] of batches.entries()) {
      const step = first + index;
      this.programs.train.run({
        indices,
        ...stepFeed(this.programs.train, step),
        ...dropPathFeed(this.programs.train, protocol, epoch),
        ...this.optimizer.feeds(step),
      });
      if (waitsAfter(index, first, STEPS_AHEAD)) {
        await engine.idle();
        onStep?.(index + 1, batches.length);
      }
    }
    const { loss, correct } = await this.metrics.train.take();
    this.epochsDone++;
    return {
      epoch: epoch + 1,
      learningRate: Object.values(this.optimizer.feeds(first))[0],
      trainLoss: loss / batches.length,
      trainAccuracy: correct / (batches.length * this.batch),
    };
  }

  /** Mean loss and accuracy on the test images. */
  async evaluate(): Promise<{ loss: number; accuracy: number }> {
    const { count } = this.options.data.test;
    for (const [index, indices] of sequentialBatches(count, this.batch).entries()) {
      this.programs.evaluate.run({ indices });
      if ((index + 1) % STEPS_AHEAD === 0) await this.options.engine.idle();
    }
    const { loss, correct } = await this.metrics.test.take();
    return { loss: loss / count, accuracy: correct / count };
  }

  /** Frees everything but the network's variables. */
  dispose(): void {
    this.held.dispose();
  }
}

/** The feed `step` where the program draws random numbers. */
export function stepFeed(program: Program, step: number): { step?: number } {
  return program.hasFeed('step') ? { step } : {};
}
