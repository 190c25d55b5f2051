import { AttributeError } from '../../engine/errors.js';
import type { VariableSet } from '../../engine/graph/variables.js';
import { crossEntropy } from '../../engine/ops/crossEntropy.js';
import { Adam } from '../../engine/optim/adam.js';
import type { Sgd } from '../../engine/optim/sgd.js';
import type { Engine } from '../../engine/runtime/engine.js';
import type { Program } from '../../engine/runtime/program.js';
import type { ImageSplit } from '../data/imageSet.js';
import { channelStatistics } from '../data/statistics.js';
import type { EpochRecord } from '../transfer/results.js';
import { batchesPerEpoch, shuffledBatches } from './batches.js';
import type { Supernet } from './classifier.js';
import { DeviceImages } from './deviceImages.js';
import { Holder } from './holder.js';
import { type ImageShape, imageBatch } from './imageBatch.js';
import { Metrics } from './metrics.js';
import type { Protocol } from './protocol.js';
import { optimizerOf } from './schedule.js';
import { stepFeed } from './trainer.js';

/** Steps submitted before waiting for the device. */
const STEPS_AHEAD = 4;

/** Adam on the architecture parameters, weight decay coupled. */
export interface AlphaOptimizer {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
}

export interface BilevelOptions {
  readonly engine: Engine;
  readonly supernet: Supernet;
  readonly shape: ImageShape;
  /** Half that the weights are trained on. */
  readonly weights: ImageSplit;
  /** Half that the architecture parameters are trained on. */
  readonly alphas: ImageSplit;
  readonly protocol: Protocol;
  readonly alphaOptimizer: AlphaOptimizer;
  readonly seed: number;
}

/**
 * First-order bilevel optimisation (Liu et al. 2019, DARTS, algorithm 1 with xi = 0): in every step the architecture
 * parameters follow the gradient of the loss on a batch of one half of the images, then the weights that on a batch of the other.
 * Both updates are one program and one submit.
 */
export class BilevelTrainer {
  private epochsDone = 0;

  private constructor(
    private readonly options: BilevelOptions,
    private readonly batch: number,
    private readonly optimizers: { readonly weights: Sgd; readonly alphas: Adam },
    private readonly metrics: { readonly weights: Metrics; readonly alphas: Metrics },
    private readonly program: Program,
    private readonly held: Holder,
  ) {}

  static async create(options: BilevelOptions): Promise<BilevelTrainer> {
    const { engine, supernet, shape, protocol, alphaOptimizer, seed } = options;
    const smallest = Math.min(options.weights.count, options.alphas.count);
    const batch = Math.min(protocol.batch, smallest);
    if (batch < 1)
      throw new AttributeError(
        `bilevel search: got ${options.weights.count} and ${options.alphas.count} images in the two halves, wanted at least one in each`,
      );
    const held = new Holder();
    try {
      for (const set of [supernet.weights, supernet.averages, supernet.alphas]) {
        held.hold({ dispose: () => engine.release(set) });
        engine.allocate(set, seed);
      }
      const steps = protocol.epochs * batchesPerEpoch(options.weights.count, batch);
      const optimizers = {
        weights: optimizerOf(protocol, supernet.weights, steps),
        alphas: new Adam(supernet.alphas, alphaOptimizer),
      };
      for (const optimizer of Object.values(optimizers)) {
        held.hold({ dispose: () => optimizer.release(engine) });
        optimizer.allocate(engine);
      }
      const images = {
        weights: held.hold(new DeviceImages(engine, 'images of the weights', options.weights)),
        alphas: held.hold(new DeviceImages(engine, 'images of the alphas', options.alphas)),
      };
      const metrics = {
        weights: held.hold(new Metrics(engine, 'weights')),
        alphas: held.hold(new Metrics(engine, 'alphas')),
      };
      const statistics = channelStatistics(options.weights, shape.channels);
      const program = held.hold(
        await engine.compile((graph) => {
          for (const part of ['alphas', 'weights'] as const) {
            const augmentation = { ...protocol.augmentation, seed, purpose: `search augmentation ${part}` };
            const { x, labels } = imageBatch(graph, images[part], {
              batch,
              shape,
              statistics,
              augmentation,
              feed: part,
            });
            const logits = supernet.forward(x, 'train');
            const loss = crossEntropy(logits, labels, { labelSmoothing: protocol.labelSmoothing });
            optimizers[part].apply(loss);
            metrics[part].record(graph, loss, logits, labels);
          }
        }),
      );
      return new BilevelTrainer(options, batch, optimizers, metrics, program, held);
    } catch (error) {
      held.dispose();
      throw error;
    }
  }

  /** One pass over the weights' half, with as many batches of the other. */
  async epoch(onStep?: (done: number, total: number) => void): Promise<EpochRecord> {
    const { engine, weights, alphas, seed } = this.options;
    const epoch = this.epochsDone;
    const batches = shuffledBatches(weights.count, this.batch, seed, 'search order weights', epoch);
    const others = shuffledBatches(alphas.count, this.batch, seed, 'search order alphas', epoch);
    const first = epoch * batches.length;
    for (const [index, indices] of batches.entries()) {
      const step = first + index;
      this.program.run({
        weights: indices,
        alphas: others[index % others.length],
        ...stepFeed(this.program, step),
        ...this.optimizers.weights.feeds(step),
        ...this.optimizers.alphas.feeds(step),
      });
      if ((index + 1) % STEPS_AHEAD === 0) {
        await engine.gpu.idle();
        onStep?.(index + 1, batches.length);
      }
    }
    const train = await this.metrics.weights.take();
    const validation = await this.metrics.alphas.take();
    this.epochsDone++;
    const samples = batches.length * this.batch;
    return {
      epoch: epoch + 1,
      learningRate: Object.values(this.optimizers.weights.feeds(first))[0],
      trainLoss: train.loss / batches.length,
      trainAccuracy: train.correct / samples,
      validationLoss: validation.loss / batches.length,
      validationAccuracy: validation.correct / samples,
    };
  }

  /** Architecture parameters as they are now, row-major. */
  async alphas(): Promise<Float32Array> {
    const values = await this.options.engine.read(this.options.supernet.alphas.variables[0]);
    return Float32Array.from(values);
  }

  /** Everything that the next epoch depends on. */
  async save(): Promise<{ epochsDone: number; arrays: Record<string, Float32Array> }> {
    const arrays: Record<string, Float32Array> = {};
    for (const set of this.sets()) arrays[set.name] = new Float32Array((await this.options.engine.readSet(set)).buffer);
    return { epochsDone: this.epochsDone, arrays };
  }

  restore(state: { epochsDone: number; arrays: Readonly<Record<string, Float32Array>> }): void {
    for (const set of this.sets()) {
      const words = state.arrays[set.name];
      if (!words)
        throw new AttributeError(`restore: the state has no array "${set.name}", it has ${Object.keys(state.arrays)}`);
      this.options.engine.writeSet(set, new Uint32Array(words.slice().buffer));
    }
    this.epochsDone = state.epochsDone;
  }

  /** Frees everything, the supernet's variables too. */
  dispose(): void {
    this.held.dispose();
  }

  private sets(): VariableSet[] {
    const { weights, averages, alphas } = this.options.supernet;
    return [weights, averages, alphas, ...this.optimizers.weights.states, ...this.optimizers.alphas.states];
  }
}
