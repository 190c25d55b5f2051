import { AttributeError } from '../../engine/errors/errors.js';
import type { VariableSet } from '../../engine/graph/variables.js';
import { crossEntropy } from '../../engine/ops/loss/crossEntropy.js';
import type { Sgd } from '../../engine/optim/sgd.js';
import type { Compiler } from '../../engine/runtime/compiler.js';
import type { Program } from '../../engine/runtime/program.js';
import type { ImageSplit } from '../data/images/imageSet.js';
import { channelStatistics } from '../data/images/statistics.js';
import type { Supernet } from '../networks/classifier.js';
import type { EpochRecord } from '../records/epochRecord.js';
import type { Protocol } from '../records/protocol.js';
import type { RelaxedTable, Selection } from '../spaces/shared/space.js';
import { batchesPerEpoch, shuffledBatches } from './batches.js';
import { DeviceImages } from './deviceImages.js';
import { Holder } from './holder.js';
import { type ImageShape, imageBatch } from './imageBatch.js';
import { Metrics } from './metrics.js';
import { optimizerOf } from './schedule.js';
import { readSets, writeSets } from './sets.js';
import { pathFeeds, SharedEvaluator } from './sharedEvaluator.js';
import { waitsAfter } from './stepsAhead.js';
import { stepFeed } from './trainer.js';

/** Steps submitted before waiting for the device. */
const STEPS_AHEAD = 8;

export interface PathTrainerOptions {
  readonly engine: Compiler;
  /** Gated. */
  readonly supernet: Supernet;
  readonly tables: readonly RelaxedTable[];
  readonly shape: ImageShape;
  /** Half that the weights are trained on. */
  readonly weights: ImageSplit;
  /** Half that architectures are measured on. */
  readonly alphas: ImageSplit;
  readonly protocol: Protocol;
  readonly seed: number;
  /**
   * Batches of the weights' half that an architecture's running averages are estimated from before it is measured; the supernet's
   * batch norm is then `reestimated`. Absent: batches are normalised by their own statistics in measuring too.
   */
  readonly reestimate?: number;
}

/** Weight of a batch in running averages: batch norm's default. */
const MOMENTUM = 0.1;

/** Trains weights that all architectures share, one architecture a step, and measures architectures with them. */
export class PathTrainer {
  private epochsDone = 0;

  private constructor(
    private readonly options: PathTrainerOptions,
    private readonly batch: number,
    private readonly optimizer: Sgd,
    private readonly metrics: Metrics,
    private readonly programs: { readonly train: Program; readonly calibrate?: Program },
    private readonly evaluator: SharedEvaluator,
    private readonly held: Holder,
  ) {}

  static async create(options: PathTrainerOptions): Promise<PathTrainer> {
    const { engine, supernet, shape, protocol, seed } = options;
    const batch = Math.min(protocol.batch, options.weights.count);
    if (batch < 1 || options.alphas.count < 1)
      throw new AttributeError(
        `training of shared weights: got ${options.weights.count} and ${options.alphas.count} images in the two halves, wanted at least one in each`,
      );
    const held = new Holder();
    try {
      for (const set of [supernet.weights, supernet.runningStatistics]) {
        held.hold({ dispose: () => engine.release(set) });
        engine.allocate(set, seed);
      }
      const optimizer = optimizerOf(
        protocol,
        supernet.weights,
        protocol.epochs * batchesPerEpoch(options.weights.count, batch),
      );
      held.hold({ dispose: () => optimizer.release(engine) });
      optimizer.allocate(engine);
      const images = held.hold(new DeviceImages(engine, 'images of the weights', options.weights));
      const metrics = held.hold(new Metrics(engine, 'train'));
      const statistics = channelStatistics(options.weights, shape.channels);
      const common = { batch, shape, statistics, feed: 'indices' };
      const workspace = held.hold(engine.workspace());
      const train = held.hold(
        await engine.compile(
          (graph) => {
            const augmentation = { ...protocol.augmentation, seed, purpose: 'search augmentation weights' };
            const { x, labels } = imageBatch(graph, images, { ...common, augmentation });
            const logits = supernet.forward(x, 'train');
            const loss = crossEntropy(logits, labels, { labelSmoothing: protocol.labelSmoothing });
            optimizer.apply(loss);
            metrics.record(graph, loss, logits, labels);
          },
          { workspace },
        ),
      );
      const calibrate =
        options.reestimate === undefined
          ? undefined
          : held.hold(
              await engine.compile(
                (graph) => {
                  supernet.forward(imageBatch(graph, images, common).x, 'train');
                },
                { workspace },
              ),
            );
      const evaluator = held.hold(
        await SharedEvaluator.create({ ...options, images: options.alphas, statistics, batch, workspace }),
      );
      return new PathTrainer(options, batch, optimizer, metrics, { train, calibrate }, evaluator, held);
    } catch (error) {
      held.dispose();
      throw error;
    }
  }

  /** Steps of an epoch. */
  get steps(): number {
    return batchesPerEpoch(this.options.weights.count, this.batch);
  }

  /** Whole batches that `evaluate` can measure on, or the one that there is. */
  get batches(): number {
    return this.evaluator.batches;
  }

  /** One pass over the weights' half. @param draw the candidates of a step, counted from 0 over the whole training */
  async epoch(draw: (step: number) => Selection, onStep?: (done: number, total: number) => void): Promise<EpochRecord> {
    const { engine, weights, seed, tables } = this.options;
    const epoch = this.epochsDone;
    const batches = shuffledBatches(weights.count, this.batch, seed, 'search order weights', epoch);
    const first = epoch * batches.length;
    for (const [index, indices] of batches.entries()) {
      const step = first + index;
      const { train } = this.programs;
      const feeds = { ...pathFeeds(tables, draw(step)), ...stepFeed(train, step), ...this.optimizer.feeds(step) };
      train.run({ indices, ...feeds });
      if (waitsAfter(index, first, STEPS_AHEAD)) {
        await engine.idle();
        onStep?.(index + 1, batches.length);
      }
    }
    const { loss, correct } = await this.metrics.take();
    this.epochsDone++;
    return {
      epoch: epoch + 1,
      learningRate: Object.values(this.optimizer.feeds(first))[0],
      trainLoss: loss / batches.length,
      trainAccuracy: correct / (batches.length * this.batch),
    };
  }

  /**
   * Accuracy of an architecture with the shared weights.
   * @param batches which batches of the architectures' half, counted from 0; beyond the last, from the first again. Absent: all
   */
  async evaluate(selection: Selection, batches?: readonly number[]): Promise<{ accuracy: number; loss: number }> {
    await this.reestimate(pathFeeds(this.options.tables, selection));
    return this.evaluator.evaluate(selection, batches);
  }

  /**
   * Running averages of an architecture: from zero over the same batches for all, then freed of the zero that they began at. Those of
   * closed candidates mean nothing and are not read.
   */
  private async reestimate(feeds: Readonly<Record<string, Float32Array>>): Promise<void> {
    const { engine, supernet, weights, seed, reestimate } = this.options;
    const { calibrate } = this.programs;
    if (!calibrate || reestimate === undefined) return;
    const { runningStatistics } = supernet;
    const batches = shuffledBatches(weights.count, this.batch, seed, 'search order calibration', 0).slice(
      0,
      reestimate,
    );
    engine.writeSet(runningStatistics, new Uint32Array(runningStatistics.size));
    for (const [index, indices] of batches.entries()) {
      calibrate.run({ indices, ...feeds });
      if ((index + 1) % STEPS_AHEAD === 0) await engine.idle();
    }
    const sums = new Float32Array((await engine.readSet(runningStatistics)).buffer);
    const known = 1 - (1 - MOMENTUM) ** batches.length;
    engine.writeSet(runningStatistics, new Uint32Array(sums.map((value) => value / known).buffer));
  }

  /** Everything that the next epoch depends on. */
  async save(): Promise<{ epochsDone: number; arrays: Record<string, Float32Array> }> {
    return { epochsDone: this.epochsDone, arrays: await readSets(this.options.engine, this.sets()) };
  }

  restore(state: { epochsDone: number; arrays: Readonly<Record<string, Float32Array>> }): void {
    writeSets(this.options.engine, this.sets(), state.arrays);
    this.epochsDone = state.epochsDone;
  }

  /** Frees everything, the supernet's variables too. */
  dispose(): void {
    this.held.dispose();
  }

  private sets(): VariableSet[] {
    const { weights, runningStatistics } = this.options.supernet;
    return [weights, runningStatistics, ...this.optimizer.states];
  }
}
