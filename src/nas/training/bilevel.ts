import { AttributeError } from '../../engine/errors/errors.js';
import type { Graph } from '../../engine/graph/graph.js';
import type { VariableSet } from '../../engine/graph/variables.js';
import { add } from '../../engine/ops/elementwise/add.js';
import { scale } from '../../engine/ops/elementwise/scale.js';
import { crossEntropy } from '../../engine/ops/loss/crossEntropy.js';
import { Adam } from '../../engine/optim/adam.js';
import type { Sgd } from '../../engine/optim/sgd.js';
import type { Program } from '../../engine/runtime/program.js';
import type { Workspace } from '../../engine/runtime/workspace.js';
import { joinSplits } from '../data/images/imageSet.js';
import { channelStatistics } from '../data/images/statistics.js';
import type { EpochRecord } from '../records/epochRecord.js';
import { alphaEigenvalue } from './alphaHessian.js';
import { splitGradients } from './architectureGradients.js';
import { batchesPerEpoch, shuffledBatches } from './batches.js';
import type { BilevelOptions } from './bilevelOptions.js';
import { DeviceImages } from './deviceImages.js';
import { Holder } from './holder.js';
import { imageBatch } from './imageBatch.js';
import { Metrics } from './metrics.js';
import type { Feeds, Part, StepPlace } from './relaxedRule.js';
import { optimizerOf } from './schedule.js';
import { readSets, writeSets } from './sets.js';
import { waitsAfter } from './stepsAhead.js';
import { stepFeed } from './trainer.js';
import { UnrolledStep } from './unrolled.js';

/** Steps submitted before waiting for the device. */
const STEPS_AHEAD = 4;

/** Name of a program's output: the gradient of one architecture parameter. */
const gradientName = (index: number) => `gradient ${index}`;

/**
 * Trains the weights of a supernet and its architecture parameters in turn. Where a rule does not need them apart, both updates are
 * one program and one submit.
 */
export class BilevelTrainer {
  private epochsDone = 0;
  /** By the parts that one run does, joined. */
  private readonly programs = new Map<string, Program>();

  private constructor(
    private readonly options: BilevelOptions,
    private readonly batch: number,
    private readonly optimizers: { readonly weights: Sgd; readonly alphas: Adam },
    private readonly metrics: { readonly weights: Metrics; readonly alphas: Metrics },
    private readonly images: { readonly weights: DeviceImages; readonly alphas: DeviceImages },
    private readonly unrolled: UnrolledStep | undefined,
    /** Of the programs of this trainer, and of others that run between its steps. */
    readonly workspace: Workspace,
    private readonly held: Holder,
  ) {}

  static async create(given: BilevelOptions): Promise<BilevelTrainer> {
    const options = given.order === 'single' ? { ...given, weights: joinSplits(given.weights, given.alphas) } : given;
    const { engine, supernet, rule, protocol, alphaOptimizer, seed } = options;
    const smallest = Math.min(options.weights.count, options.alphas.count);
    const batch = Math.min(protocol.batch, smallest);
    if (batch < 1)
      throw new AttributeError(
        `bilevel search: got ${options.weights.count} and ${options.alphas.count} images in the two halves, wanted at least one in each`,
      );
    if (rule.update && !rule.separateUpdates)
      throw new AttributeError('bilevel search: the rule updates its parameters itself, wanted it apart as well');
    if (options.order === 'second' && (rule.separateUpdates || rule.penalty))
      throw new AttributeError(
        'bilevel search: order is second with a rule that is apart or has a penalty, wanted first: the unrolled step knows neither',
      );
    const held = new Holder();
    try {
      for (const set of new Set([supernet.weights, supernet.runningStatistics, rule.parameters])) {
        held.hold({ dispose: () => engine.release(set) });
        engine.allocate(set, seed);
      }
      const steps = protocol.epochs * batchesPerEpoch(options.weights.count, batch);
      const optimizers = {
        weights: optimizerOf(protocol, supernet.weights, steps),
        alphas: new Adam(rule.parameters, alphaOptimizer),
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
      const unrolled =
        options.order === 'second'
          ? new UnrolledStep(supernet.weights, optimizers.weights, protocol.optimizer)
          : undefined;
      if (unrolled) {
        held.hold({ dispose: () => unrolled.release(engine) });
        unrolled.allocate(engine);
      }
      const trainer = new BilevelTrainer(
        options,
        batch,
        optimizers,
        metrics,
        images,
        unrolled,
        held.hold(engine.workspace()),
        held,
      );
      // The largest programs now, so that one that does not fit is told before anything is trained.
      for (const parts of trainer.runs(true)) await trainer.program(parts);
      return trainer;
    } catch (error) {
      held.dispose();
      throw error;
    }
  }

  /** One pass over the weights' half, with as many batches of the other. */
  async epoch(onStep?: (done: number, total: number) => void): Promise<EpochRecord> {
    const { engine, weights, alphas, protocol, seed, rule, alphaStart = 0, order = 'first' } = this.options;
    const epoch = this.epochsDone;
    const batches = shuffledBatches(weights.count, this.batch, seed, 'search order weights', epoch);
    const others = shuffledBatches(alphas.count, this.batch, seed, 'search order alphas', epoch);
    const first = epoch * batches.length;
    const movesAlphas = epoch >= alphaStart;
    const { epochs } = protocol;
    const place = (part: Part, step: number): StepPlace => ({
      part,
      step,
      steps: epochs * batches.length,
      epoch,
      epochs,
    });
    for (const [index, indices] of batches.entries()) {
      const step = first + index;
      for (const parts of this.runs(movesAlphas)) {
        const program = await this.program(parts);
        let feeds: Record<string, number | ArrayLike<number>> = { ...stepFeed(program, step) };
        for (const part of parts) {
          const pending = rule.feeds?.(place(part, step));
          feeds = { ...feeds, ...(pending instanceof Promise ? await pending : pending) };
        }
        const all = { ...feeds, weights: indices, alphas: others[index % others.length], ...this.optimizerFeeds(step) };
        program.run(Object.fromEntries(Object.entries(all).filter(([name]) => program.hasFeed(name))));
        if (rule.update && parts.includes('alphas'))
          await rule.update(await this.readGradients(program), place('alphas', step));
      }
      if (waitsAfter(index, first, STEPS_AHEAD)) {
        await engine.idle();
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
      ...(movesAlphas && order !== 'single'
        ? { validationLoss: validation.loss / batches.length, validationAccuracy: validation.correct / samples }
        : {}),
    };
  }

  /** Builds the programs that are built only when they are first needed. @param hessian that of `largestEigenvalue` too */
  async plan(hessian: boolean): Promise<void> {
    if (this.options.alphaStart) for (const parts of this.runs(false)) await this.program(parts);
    if (hessian) await this.compiled('gradient', (graph) => this.traceGradient(graph));
  }

  /** Architecture parameters as they are now: one array for each variable of the rule's, row-major. */
  async parameters(): Promise<Float32Array[]> {
    const { engine, rule } = this.options;
    return Promise.all(
      rule.parameters.variables.map(async (variable) => Float32Array.from(await engine.read(variable))),
    );
  }

  /**
   * Largest eigenvalue of the Hessian of the loss in the architecture parameters, at the weights as they are, on one batch of the
   * architecture's half that is always the same, as its images are. Nothing is changed by it.
   */
  async largestEigenvalue(): Promise<number> {
    const { engine, supernet, rule, alphas, seed, protocol } = this.options;
    const program = await this.compiled('gradient', (graph) => this.traceGradient(graph));
    const [indices] = shuffledBatches(alphas.count, this.batch, seed, 'hessian', 0);
    const state = rule.state?.save();
    const runningStatistics = await readSets(engine, [supernet.runningStatistics]);
    const epoch = this.epochsDone;
    const place: StepPlace = { part: 'alphas', step: 0, steps: 1, epoch, epochs: protocol.epochs };
    const feeds = { ...stepFeed(program, 0), ...(await rule.feeds?.(place)), alphas: indices };
    const given = Object.fromEntries(Object.entries(feeds).filter(([name]) => program.hasFeed(name)));
    try {
      return await alphaEigenvalue({
        engine,
        parameters: rule.parameters,
        gradient: () => {
          program.run(given);
          return this.readGradients(program);
        },
        seed,
      });
    } finally {
      writeSets(engine, [supernet.runningStatistics], runningStatistics);
      if (state) rule.state?.restore(state);
    }
  }

  /** Everything that the next epoch depends on. */
  async save(): Promise<{ epochsDone: number; arrays: Record<string, Float32Array> }> {
    const arrays = await readSets(this.options.engine, this.sets());
    return { epochsDone: this.epochsDone, arrays: { ...arrays, ...this.options.rule.state?.save() } };
  }

  restore(state: { epochsDone: number; arrays: Readonly<Record<string, Float32Array>> }): void {
    writeSets(this.options.engine, this.sets(), state.arrays);
    this.options.rule.state?.restore(state.arrays);
    this.epochsDone = state.epochsDone;
  }

  /** Frees everything, the supernet's variables too. */
  dispose(): void {
    this.held.dispose();
  }

  /** The parts of each run of a step. */
  private runs(movesAlphas: boolean): readonly (readonly Part[])[] {
    if (!movesAlphas) return [['weights']];
    return this.options.rule.separateUpdates ? [['alphas'], ['weights']] : [['alphas', 'weights']];
  }

  private async readGradients(program: Program): Promise<Float32Array[]> {
    const gradients: Float32Array[] = [];
    for (const index of this.options.rule.parameters.variables.keys())
      gradients.push(Float32Array.from(await program.read(gradientName(index))));
    return gradients;
  }

  /** Adam's own count of steps begins where the architecture parameters begin to move. */
  private optimizerFeeds(step: number): Feeds {
    const { alphaStart = 0, weights } = this.options;
    const before = alphaStart * batchesPerEpoch(weights.count, this.batch);
    return { ...this.optimizers.weights.feeds(step), ...this.optimizers.alphas.feeds(Math.max(0, step - before)) };
  }

  private program(parts: readonly Part[]): Promise<Program> {
    return this.compiled(parts.join(' and '), (graph) => this.trace(graph, parts));
  }

  private async compiled(name: string, trace: (graph: Graph) => void): Promise<Program> {
    let program = this.programs.get(name);
    if (!program) {
      program = this.held.hold(await this.options.engine.compile(trace, { workspace: this.workspace }));
      this.programs.set(name, program);
    }
    return program;
  }

  private trace(graph: Graph, parts: readonly Part[]): void {
    if (this.options.order === 'single') this.traceSingle(graph, parts);
    else for (const part of parts) part === 'alphas' ? this.traceAlphas(graph) : this.traceWeights(graph);
  }

  private traceAlphas(graph: Graph): void {
    const { supernet, rule } = this.options;
    const traced = rule.trace(graph, 'alphas');
    const batch = this.batchOf(graph, 'alphas');
    if (this.unrolled) {
      const training = this.batchOf(graph, 'weights');
      const loss = (of: typeof batch) => this.loss(of, supernet.forward(of.x, 'train', traced.mixture));
      const {
        gradient,
        logits,
        loss: validation,
      } = this.unrolled.gradients(graph, {
        train: () => loss(training).value,
        validate: () => {
          const { logits, value } = loss(batch);
          return { logits, loss: value };
        },
        split: (value, sets) => splitGradients(value, traced, sets),
        parameters: rule.parameters,
      });
      this.optimizers.alphas.applyGradients(graph, gradient);
      this.metrics.alphas.record(graph, validation, logits, batch.labels);
      return;
    }
    const { logits, value } = this.loss(batch, supernet.forward(batch.x, 'train', traced.mixture));
    const total = rule.penalty ? add(value, rule.penalty(graph)) : value;
    this.applyToParameters(graph, splitGradients(total, traced, { parameters: rule.parameters }).parameters);
    this.metrics.alphas.record(graph, value, logits, batch.labels);
  }

  /** Outputs the gradients by the architecture parameters. */
  private traceGradient(graph: Graph): void {
    const { supernet, rule } = this.options;
    const traced = rule.trace(graph, 'alphas');
    const batch = this.batchOf(graph, 'alphas', false);
    const { value } = this.loss(batch, supernet.forward(batch.x, 'train', traced.mixture));
    this.outputGradients(graph, splitGradients(value, traced, { parameters: rule.parameters }).parameters);
  }

  private traceWeights(graph: Graph): void {
    const { supernet, rule } = this.options;
    const traced = rule.trace(graph, 'weights');
    const batch = this.batchOf(graph, 'weights');
    const { logits, value } = this.loss(batch, supernet.forward(batch.x, 'train', traced.mixture));
    this.optimizers.weights.apply(value);
    this.metrics.weights.record(graph, value, logits, batch.labels);
  }

  /** Both follow one pass; of the two parts only `weights` for the epochs before the parameters move. */
  private traceSingle(graph: Graph, parts: readonly Part[]): void {
    const { supernet, rule } = this.options;
    const traced = rule.trace(graph, 'weights');
    const batch = this.batchOf(graph, 'weights');
    const { logits, value } = this.loss(batch, supernet.forward(batch.x, 'train', traced.mixture));
    const total = rule.penalty ? add(value, rule.penalty(graph)) : value;
    const parameters = parts.includes('alphas') ? rule.parameters : undefined;
    const each = splitGradients(total, traced, { weights: supernet.weights, parameters });
    if (parameters) this.applyToParameters(graph, each.parameters);
    this.optimizers.weights.applyGradients(graph, each.weights);
    this.metrics.weights.record(graph, value, logits, batch.labels);
  }

  private applyToParameters(graph: Graph, each: ReturnType<typeof splitGradients>['parameters']): void {
    const { rule } = this.options;
    if (!rule.update) this.optimizers.alphas.applyGradients(graph, each);
    else this.outputGradients(graph, each);
  }

  private outputGradients(graph: Graph, each: ReturnType<typeof splitGradients>['parameters']): void {
    const { variables } = this.options.rule.parameters;
    // A table of cells that the network has none of has no part in the loss.
    each.forEach((gradient, index) => {
      graph.output(gradientName(index), gradient ?? scale(graph.read(variables[index]), 0));
    });
  }

  private batchOf(graph: Graph, part: Part, augmented = true) {
    const { protocol, shape, weights, seed } = this.options;
    const statistics = channelStatistics(weights, shape.channels);
    const augmentation = augmented
      ? { ...protocol.augmentation, seed, purpose: `search augmentation ${part}` }
      : undefined;
    return imageBatch(graph, this.images[part], { batch: this.batch, shape, statistics, augmentation, feed: part });
  }

  private loss({ labels }: ReturnType<BilevelTrainer['batchOf']>, logits: Parameters<typeof crossEntropy>[0]) {
    const { labelSmoothing } = this.options.protocol;
    return { logits, value: crossEntropy(logits, labels, { labelSmoothing }) };
  }

  private sets(): VariableSet[] {
    const { supernet, rule } = this.options;
    const { weights, alphas } = this.optimizers;
    return [supernet.weights, supernet.runningStatistics, rule.parameters, ...weights.states, ...alphas.states];
  }
}
