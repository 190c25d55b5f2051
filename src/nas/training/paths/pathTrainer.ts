import { AttributeError } from '../../../engine/errors/errors.js';
import type { VariableSet } from '../../../engine/graph/variables.js';
import { crossEntropy } from '../../../engine/ops/loss/crossEntropy.js';
import { RUNNING_MOMENTUM } from '../../../engine/ops/norm/batchNormRunning.js';
import type { Sgd } from '../../../engine/optim/sgd.js';
import type { Compiler } from '../../../engine/runtime/compiler.js';
import type { Program } from '../../../engine/runtime/program.js';
import type { ImageSplit } from '../../data/images/imageSet.js';
import { channelStatistics } from '../../data/images/statistics.js';
import type { ImageShape } from '../../data/images/transform.js';
import type { Supernet } from '../../networks/classifier.js';
import type { EpochRecord } from '../../records/epochRecord.js';
import type { Protocol } from '../../records/protocol.js';
import type { RelaxedTable, Selection } from '../../spaces/shared/space.js';
import { batchesPerEpoch, shuffledBatches } from '../loop/batches.js';
import { DeviceImages } from '../loop/deviceImages.js';
import { imageBatch } from '../loop/imageBatch.js';
import { Metrics } from '../loop/metrics.js';
import { allocateSets, allocateState } from '../loop/ownedMemory.js';
import { ResourceScope } from '../loop/resourceScope.js';
import { runSteps, STEPS_AHEAD } from '../loop/runSteps.js';
import { optimizerOf } from '../loop/schedule.js';
import { readSets, writeSets } from '../loop/sets.js';
import { stepFeed } from '../loop/stepFeed.js';
import { type OnStep, TrainingLoop } from '../loop/trainingLoop.js';
import { pathFeeds, SharedEvaluator } from './sharedEvaluator.js';

export interface PathTrainerOptions {
  readonly engine: Compiler;
  /** Gated. */
  readonly supernet: Supernet;
  readonly tables: readonly RelaxedTable[];
  readonly shape: ImageShape;
  /** Images that the weights are trained on. */
  readonly trainSplit: ImageSplit;
  /** Images that architectures are measured on. */
  readonly validationSplit: ImageSplit;
  readonly protocol: Protocol;
  readonly seed: number;
  /**
   * Batches of the training split that the running statistics of an architecture are estimated from before it is measured; the
   * batch norm of the supernet is then `reestimated`. Absent: batches are normalised by their own statistics in evaluation too.
   */
  readonly reestimate?: number;
  /** Aborts creation, training and measurements between two steps. */
  readonly signal?: AbortSignal;
}

/** Trains weights that all architectures share, one architecture a step, and measures architectures with them. */
export class PathTrainer {
  private constructor(
    private readonly options: PathTrainerOptions,
    private readonly batch: number,
    private readonly optimizer: Sgd,
    private readonly loop: TrainingLoop,
    private readonly programs: { readonly train: Program; readonly calibrate?: Program },
    private readonly evaluator: SharedEvaluator,
    private readonly scope: ResourceScope,
  ) {}

  /**
   * Initialises the supernet's variables by the seed and compiles the programs. When it fails, nothing stays allocated.
   * @throws {AttributeError} when a split has no images
   * @throws {MemoryLimitError} when the training does not fit
   * @throws the reason of `signal` when it is aborted
   */
  static create(options: PathTrainerOptions): Promise<PathTrainer> {
    return ResourceScope.create((scope) => PathTrainer.build(options, scope));
  }

  private static async build(options: PathTrainerOptions, scope: ResourceScope): Promise<PathTrainer> {
    const { engine, supernet, shape, protocol, seed, trainSplit, validationSplit, signal } = options;
    const batch = Math.min(protocol.batch, trainSplit.count);
    if (batch < 1 || validationSplit.count < 1)
      throw new AttributeError(
        `PathTrainer.create: got ${trainSplit.count} training and ${validationSplit.count} validation images, wanted at least one of each`,
      );
    allocateSets(scope, engine, [supernet.weights, supernet.runningStatistics], seed);
    const steps = protocol.epochs * batchesPerEpoch(trainSplit.count, batch);
    const optimizer = allocateState(scope, engine, optimizerOf(protocol, supernet.weights, steps));
    const images = scope.own(new DeviceImages(engine, 'training split', trainSplit));
    const metrics = scope.own(new Metrics(engine, 'train'));
    const statistics = channelStatistics(trainSplit, shape.channels);
    const common = { batch, shape, statistics, feed: 'indices' };
    const workspace = scope.own(engine.workspace());
    const compile = async (build: Parameters<Compiler['compile']>[0]) =>
      scope.own(await engine.compile(build, { workspace, signal }));
    const train = await compile((graph) => {
      const augmentation = { ...protocol.augmentation, seed, purpose: 'search augmentation weights' };
      const { x, labels } = imageBatch(graph, images, { ...common, augmentation });
      const logits = supernet.forward(x, 'train');
      const loss = crossEntropy(logits, labels, { labelSmoothing: protocol.labelSmoothing });
      optimizer.apply(loss);
      metrics.record(graph, loss, logits, labels);
    });
    const calibrate =
      options.reestimate === undefined
        ? undefined
        : await compile((graph) => {
            supernet.forward(imageBatch(graph, images, common).x, 'train');
          });
    const evaluator = scope.own(
      await SharedEvaluator.create({ ...options, images: validationSplit, statistics, batch, workspace }),
    );
    const loop = new TrainingLoop({
      engine,
      count: trainSplit.count,
      batch,
      seed,
      purpose: 'search order weights',
      ahead: STEPS_AHEAD.network,
      optimizer,
      metrics,
      signal,
    });
    return new PathTrainer(options, batch, optimizer, loop, { train, calibrate }, evaluator, scope);
  }

  /** Steps of an epoch. */
  get steps(): number {
    return this.loop.steps;
  }

  /** Number of whole batches that `evaluate` can measure on, at least one. */
  get batches(): number {
    return this.evaluator.batches;
  }

  /**
   * Trains one epoch on the training split.
   * @param draw the candidates of a step, which is counted from 0 over the whole training
   * @throws the reason of the signal when it is aborted; only `restore` or `dispose` may follow
   * @throws {InterruptedTrainingError} when an earlier epoch failed
   */
  epoch(draw: (step: number) => Selection, onStep?: OnStep): Promise<EpochRecord> {
    const { train } = this.programs;
    return this.loop.epoch(({ indices, step }) => {
      const path = pathFeeds(this.options.tables, draw(step));
      train.run({ indices, ...path, ...stepFeed(train, step), ...this.optimizer.feeds(step) });
    }, onStep);
  }

  /**
   * Accuracy of an architecture with the shared weights.
   * @param batches which batches of the validation split, counted from 0, modulo their number; absent: all
   * @returns accuracy from 0 to 1 and mean cross entropy
   * @throws the reason of the signal when it is aborted
   */
  async evaluate(selection: Selection, batches?: readonly number[]): Promise<{ accuracy: number; loss: number }> {
    await this.reestimate(pathFeeds(this.options.tables, selection));
    return this.evaluator.evaluate(selection, batches);
  }

  /**
   * Estimates the running statistics of an architecture: exponential averages from zero over the same batches for all
   * architectures, then bias-corrected. Those of closed candidates are meaningless and not read.
   */
  private async reestimate(feeds: Readonly<Record<string, Float32Array>>): Promise<void> {
    const { engine, supernet, trainSplit, seed, reestimate, signal } = this.options;
    const { calibrate } = this.programs;
    if (!calibrate || reestimate === undefined) return;
    const { runningStatistics } = supernet;
    const all = shuffledBatches(trainSplit.count, this.batch, seed, 'search order calibration', 0);
    const batches = all.slice(0, reestimate);
    engine.writeSet(runningStatistics, new Uint32Array(runningStatistics.size));
    await runSteps(batches, { engine, ahead: STEPS_AHEAD.network, signal }, (indices) =>
      calibrate.run({ indices, ...feeds }),
    );
    const sums = new Float32Array((await engine.readSet(runningStatistics)).buffer);
    const correction = 1 - (1 - RUNNING_MOMENTUM) ** batches.length;
    engine.writeSet(runningStatistics, new Uint32Array(sums.map((value) => value / correction).buffer));
  }

  /**
   * Everything that the next epoch depends on.
   * @throws {InterruptedTrainingError} when an epoch failed or was aborted
   */
  async save(): Promise<{ epochsDone: number; arrays: Record<string, Float32Array> }> {
    this.loop.requireWhole('save');
    return { epochsDone: this.loop.epochsDone, arrays: await readSets(this.options.engine, this.sets()) };
  }

  /** Continues from a saved state. @throws {AttributeError} when an array is missing */
  restore(state: { epochsDone: number; arrays: Readonly<Record<string, Float32Array>> }): void {
    writeSets(this.options.engine, this.sets(), state.arrays);
    this.loop.restore(state.epochsDone);
  }

  /** Frees everything, the supernet's variables too. A second call does nothing. */
  dispose(): void {
    this.scope.dispose();
  }

  private sets(): VariableSet[] {
    const { weights, runningStatistics } = this.options.supernet;
    return [weights, runningStatistics, ...this.optimizer.states];
  }
}
