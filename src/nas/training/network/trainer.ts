import { AttributeError } from '../../../engine/errors/errors.js';
import { crossEntropy } from '../../../engine/ops/loss/crossEntropy.js';
import type { Sgd } from '../../../engine/optim/sgd.js';
import type { Compiler } from '../../../engine/runtime/compiler.js';
import type { Program } from '../../../engine/runtime/program.js';
import type { ImageSplit } from '../../data/images/imageSet.js';
import { channelStatistics } from '../../data/images/statistics.js';
import type { ImageShape } from '../../data/images/transform.js';
import type { Classifier } from '../../networks/classifier.js';
import type { EpochRecord } from '../../records/epochRecord.js';
import type { Protocol } from '../../records/protocol.js';
import { batchesPerEpoch, sequentialBatches } from '../loop/batches.js';
import { DeviceImages } from '../loop/deviceImages.js';
import { imageBatch } from '../loop/imageBatch.js';
import { Metrics } from '../loop/metrics.js';
import { allocateSets, allocateState } from '../loop/ownedMemory.js';
import { ResourceScope } from '../loop/resourceScope.js';
import { runSteps, STEPS_AHEAD } from '../loop/runSteps.js';
import { optimizerOf } from '../loop/schedule.js';
import { stepFeed } from '../loop/stepFeed.js';
import { type OnStep, TrainingLoop } from '../loop/trainingLoop.js';
import { dropPathFeed, trainingLoss } from './trainingLoss.js';

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
  /** Of initial weights, order of batches, augmentation and drop path. */
  readonly seed: number;
  /** Aborts creation, training and evaluation between two steps. */
  readonly signal?: AbortSignal;
}

/** Trains a network by a protocol: one submit a step, two numbers read back an epoch. */
export class Trainer {
  private constructor(
    private readonly options: TrainerOptions,
    private readonly batch: number,
    private readonly optimizer: Sgd,
    private readonly loop: TrainingLoop,
    private readonly testMetrics: Metrics,
    private readonly programs: { readonly train: Program; readonly evaluate: Program },
    private readonly scope: ResourceScope,
  ) {}

  /**
   * Initialises the network's variables by the seed and compiles the programs. When it fails, nothing stays allocated, the
   * network's variables included.
   * @throws {AttributeError} when a split has no images, or the protocol asks for a regularisation that the network lacks
   * @throws {MemoryLimitError} when the training does not fit
   * @throws the reason of `signal` when it is aborted
   */
  static async create(options: TrainerOptions): Promise<Trainer> {
    const { engine, network, data, protocol, seed } = options;
    if (Math.min(protocol.batch, data.train.count) < 1 || data.test.count < 1)
      throw new AttributeError(
        `Trainer.create: got ${data.train.count} training and ${data.test.count} test images, wanted at least one of each`,
      );
    // Unlike the inner scope, the outer one is disposed of on failure only: a trained network outlives its trainer.
    return ResourceScope.create((networkScope) => {
      allocateSets(networkScope, engine, [network.weights, network.runningStatistics], seed);
      return ResourceScope.create((scope) => Trainer.build(options, scope));
    });
  }

  private static async build(options: TrainerOptions, scope: ResourceScope): Promise<Trainer> {
    const { engine, network, data, protocol, seed, signal } = options;
    const batch = Math.min(protocol.batch, data.train.count);
    const steps = protocol.epochs * batchesPerEpoch(data.train.count, batch);
    const optimizer = allocateState(scope, engine, optimizerOf(protocol, network.weights, steps));
    const images = {
      train: scope.own(new DeviceImages(engine, 'train images', data.train)),
      test: scope.own(new DeviceImages(engine, 'test images', data.test)),
    };
    const metrics = { train: scope.own(new Metrics(engine, 'train')), test: scope.own(new Metrics(engine, 'test')) };
    const common = { batch, shape: data.shape, statistics: channelStatistics(data.train, data.shape.channels) };
    const compileOptions = { workspace: scope.own(engine.workspace()), signal };
    const train = scope.own(
      await engine.compile((graph) => {
        const augmentation = { ...protocol.augmentation, seed, purpose: 'training augmentation' };
        const { x, labels } = imageBatch(graph, images.train, { ...common, feed: 'indices', augmentation });
        const { loss, logits } = trainingLoss(network, x, labels, protocol, seed);
        optimizer.apply(loss);
        metrics.train.record(graph, loss, logits, labels);
      }, compileOptions),
    );
    const evaluate = scope.own(
      await engine.compile((graph) => {
        const { x, labels } = imageBatch(graph, images.test, { ...common, feed: 'indices' });
        const logits = network.forward(x, 'evaluate');
        metrics.test.record(graph, crossEntropy(logits, labels, { reduction: 'sum' }), logits, labels);
      }, compileOptions),
    );
    const loop = new TrainingLoop({
      engine,
      count: data.train.count,
      batch,
      seed,
      purpose: 'training order',
      ahead: STEPS_AHEAD.network,
      optimizer,
      metrics: metrics.train,
      signal,
    });
    return new Trainer(options, batch, optimizer, loop, metrics.test, { train, evaluate }, scope);
  }

  /**
   * Trains one epoch. Images beyond the last whole batch are dropped; every epoch has another order.
   * @throws the reason of the signal when it is aborted; the trainer can then only be disposed of
   * @throws {InterruptedTrainingError} when an earlier epoch failed
   */
  epoch(onStep?: OnStep): Promise<EpochRecord> {
    const { train } = this.programs;
    return this.loop.epoch(({ indices, step, epoch }) => {
      train.run({
        indices,
        ...stepFeed(train, step),
        ...dropPathFeed(train, this.options.protocol, epoch),
        ...this.optimizer.feeds(step),
      });
    }, onStep);
  }

  /**
   * Mean loss and accuracy on the test images.
   * @throws the reason of the signal when it is aborted
   */
  async evaluate(): Promise<{ loss: number; accuracy: number }> {
    const { data, engine, signal } = this.options;
    const { count } = data.test;
    this.testMetrics.reset();
    await runSteps(sequentialBatches(count, this.batch), { engine, ahead: STEPS_AHEAD.network, signal }, (indices) =>
      this.programs.evaluate.run({ indices }),
    );
    const { loss, correct } = await this.testMetrics.take();
    return { loss: loss / count, accuracy: correct / count };
  }

  /** Frees everything but the network's variables, which the caller releases. A second call does nothing. */
  dispose(): void {
    this.scope.dispose();
  }
}
