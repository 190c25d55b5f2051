import { AttributeError } from '../../../engine/errors/errors.js';
import type { Graph } from '../../../engine/graph/graph.js';
import type { VariableSet } from '../../../engine/graph/variables.js';
import { Adam } from '../../../engine/optim/adam.js';
import type { Feeds, Program } from '../../../engine/runtime/program.js';
import type { Workspace } from '../../../engine/runtime/workspace.js';
import { joinSplits } from '../../data/images/imageSet.js';
import type { EpochRecord } from '../../records/epochRecord.js';
import { batchesPerEpoch, shuffledBatches } from '../loop/batches.js';
import { DeviceImages } from '../loop/deviceImages.js';
import { Metrics } from '../loop/metrics.js';
import { allocateSets, allocateState } from '../loop/ownedMemory.js';
import { readVariables } from '../loop/readVariables.js';
import { ResourceScope } from '../loop/resourceScope.js';
import { STEPS_AHEAD } from '../loop/runSteps.js';
import { optimizerOf } from '../loop/schedule.js';
import { readSets, writeSets } from '../loop/sets.js';
import { stepFeed } from '../loop/stepFeed.js';
import { type OnStep, TrainingLoop, type TrainingStep } from '../loop/trainingLoop.js';
import { archEigenvalue } from './archEigenvalue.js';
import { BilevelGraphs, type BilevelParts, gradientName } from './bilevelGraphs.js';
import type { BilevelOptions } from './bilevelOptions.js';
import type { Part, StepPlace } from './relaxedRule.js';
import { UnrolledStep } from './unrolledStep.js';

/**
 * Trains the weights of a supernet and its architecture parameters in turn. With a joint rule both updates are one program and one
 * submit.
 */
export class BilevelTrainer {
  private readonly graphs: BilevelGraphs;
  private readonly loop: TrainingLoop;
  /** By name. */
  private readonly programs = new Map<string, Program>();

  private constructor(
    private readonly options: BilevelOptions,
    private readonly parts: BilevelParts,
    /** Workspace of this trainer's programs and of others that run between its steps. */
    readonly workspace: Workspace,
    private readonly scope: ResourceScope,
  ) {
    const { engine, trainSplit, seed, signal } = options;
    this.graphs = new BilevelGraphs(options, parts);
    this.loop = new TrainingLoop({
      engine,
      count: trainSplit.count,
      batch: parts.batch,
      seed,
      purpose: 'search order weights',
      ahead: STEPS_AHEAD.bilevel,
      optimizer: parts.optimizer,
      metrics: parts.metrics.weights,
      signal,
    });
  }

  /**
   * Initialises the supernet's variables and the rule's parameters by the seed and compiles the largest programs. When it fails,
   * nothing stays allocated.
   * @throws {AttributeError} when a split has no images
   * @throws {MemoryLimitError} when the search does not fit
   * @throws the reason of `signal` when it is aborted
   */
  static create(options: BilevelOptions): Promise<BilevelTrainer> {
    const { trainSplit, validationSplit, archUpdate } = options;
    const joined = archUpdate.kind === 'single-level' ? joinSplits(trainSplit, validationSplit) : trainSplit;
    return ResourceScope.create((scope) => BilevelTrainer.build({ ...options, trainSplit: joined }, scope));
  }

  private static async build(options: BilevelOptions, scope: ResourceScope): Promise<BilevelTrainer> {
    const { engine, supernet, archUpdate, protocol, seed, trainSplit, validationSplit } = options;
    const { rule } = archUpdate;
    const batch = Math.min(protocol.batch, trainSplit.count, validationSplit.count);
    if (batch < 1)
      throw new AttributeError(
        `BilevelTrainer.create: got ${trainSplit.count} training and ${validationSplit.count} validation images, wanted at least one of each`,
      );
    allocateSets(scope, engine, new Set([supernet.weights, supernet.runningStatistics, rule.parameters]), seed);
    const steps = protocol.epochs * batchesPerEpoch(trainSplit.count, batch);
    const optimizer = allocateState(scope, engine, optimizerOf(protocol, supernet.weights, steps));
    const archOptimizer =
      archUpdate.kind === 'self'
        ? undefined
        : allocateState(scope, engine, new Adam(rule.parameters, archUpdate.archOptimizer));
    const images = {
      weights: scope.own(new DeviceImages(engine, 'training split', trainSplit)),
      alphas: scope.own(new DeviceImages(engine, 'validation split', validationSplit)),
    };
    const metrics = {
      weights: scope.own(new Metrics(engine, 'training')),
      alphas: scope.own(new Metrics(engine, 'validation')),
    };
    const unrolled =
      archUpdate.kind === 'second-order'
        ? allocateState(scope, engine, new UnrolledStep(supernet.weights, optimizer, protocol.optimizer))
        : undefined;
    const parts = { batch, optimizer, archOptimizer, unrolled, images, metrics };
    const trainer = new BilevelTrainer(options, parts, scope.own(engine.workspace()), scope);
    // The largest programs first: one that does not fit fails before anything is trained.
    for (const each of trainer.runs(true)) await trainer.program(each);
    return trainer;
  }

  /**
   * Trains one epoch: one pass over the training split, with as many batches of the validation split.
   * @throws the reason of the signal when it is aborted; only `restore` or `dispose` may follow
   * @throws {InterruptedTrainingError} when an earlier epoch failed
   */
  epoch(onStep?: OnStep): Promise<EpochRecord> {
    const { validationSplit, seed, archUpdate, archStart = 0 } = this.options;
    const { batch, metrics } = this.parts;
    const epoch = this.loop.epochsDone;
    const others = shuffledBatches(validationSplit.count, batch, seed, 'search order alphas', epoch);
    const updatesArch = epoch >= archStart;
    return this.loop.epoch(
      (step) => this.step(step, others[step.index % others.length], updatesArch),
      onStep,
      async () => {
        const { loss, correct } = await metrics.alphas.take();
        const { steps } = this.loop;
        return updatesArch && archUpdate.kind !== 'single-level'
          ? { validationLoss: loss / steps, validationAccuracy: correct / (steps * batch) }
          : {};
      },
    );
  }

  private async step(
    { indices, step, epoch }: TrainingStep,
    validationIndices: Uint32Array,
    updatesArch: boolean,
  ): Promise<void> {
    const { archUpdate, protocol } = this.options;
    const { epochs } = protocol;
    const place = (part: Part): StepPlace => ({ part, step, steps: epochs * this.loop.steps, epoch, epochs });
    for (const parts of this.runs(updatesArch)) {
      const program = await this.program(parts);
      const all: Record<string, number | ArrayLike<number>> = { ...stepFeed(program, step) };
      for (const part of parts) Object.assign(all, await archUpdate.rule.feeds?.(place(part)));
      Object.assign(all, { weights: indices, alphas: validationIndices }, this.optimizerFeeds(step));
      program.run(declaredFeeds(program, all));
      if (archUpdate.kind === 'self' && parts.includes('alphas'))
        await archUpdate.rule.update(await this.readGradients(program), place('alphas'));
    }
  }

  /** Compiles the programs that are otherwise compiled when first needed. @param hessian that of `largestEigenvalue` too */
  async plan(hessian: boolean): Promise<void> {
    if (this.options.archStart) for (const parts of this.runs(false)) await this.program(parts);
    if (hessian) await this.gradientProgram();
  }

  /** The architecture parameters: one array for each variable of the rule's parameters, row-major. */
  async parameters(): Promise<Float32Array[]> {
    const { engine, archUpdate } = this.options;
    const read = await readVariables(engine, archUpdate.rule.parameters.variables);
    return read.map((values) => Float32Array.from(values));
  }

  /**
   * Largest eigenvalue of the Hessian of the validation loss in the architecture parameters, at the present weights, on one batch,
   * always the same and not augmented. Leaves the state of the training unchanged.
   * @throws the reason of the signal when it is aborted
   */
  async largestEigenvalue(): Promise<number> {
    const { engine, supernet, archUpdate, validationSplit, seed, protocol, signal } = this.options;
    const { rule } = archUpdate;
    const program = await this.gradientProgram();
    const [indices] = shuffledBatches(validationSplit.count, this.parts.batch, seed, 'hessian', 0);
    const state = rule.state?.save();
    const runningStatistics = await readSets(engine, [supernet.runningStatistics]);
    const epoch = this.loop.epochsDone;
    const place: StepPlace = { part: 'alphas', step: 0, steps: 1, epoch, epochs: protocol.epochs };
    const feeds = { ...stepFeed(program, 0), ...(await rule.feeds?.(place)), alphas: indices };
    const declared = declaredFeeds(program, feeds);
    try {
      return await archEigenvalue({
        engine,
        parameters: rule.parameters,
        gradient: () => {
          signal?.throwIfAborted();
          program.run(declared);
          return this.readGradients(program);
        },
        seed,
      });
    } finally {
      writeSets(engine, [supernet.runningStatistics], runningStatistics);
      if (state) rule.state?.restore(state);
    }
  }

  /**
   * Everything that the next epoch depends on.
   * @throws {InterruptedTrainingError} when an epoch failed or was aborted
   */
  async save(): Promise<{ epochsDone: number; arrays: Record<string, Float32Array> }> {
    this.loop.requireWhole('save');
    const arrays = await readSets(this.options.engine, this.sets());
    return { epochsDone: this.loop.epochsDone, arrays: { ...arrays, ...this.options.archUpdate.rule.state?.save() } };
  }

  /** Continues from a saved state. @throws {AttributeError} when an array is missing */
  restore(state: { epochsDone: number; arrays: Readonly<Record<string, Float32Array>> }): void {
    writeSets(this.options.engine, this.sets(), state.arrays);
    this.options.archUpdate.rule.state?.restore(state.arrays);
    this.parts.metrics.alphas.reset();
    this.loop.restore(state.epochsDone);
  }

  /** Frees everything, the supernet's variables too. A second call does nothing. */
  dispose(): void {
    this.scope.dispose();
  }

  /** The parts of each run of a step. */
  private runs(updatesArch: boolean): readonly (readonly Part[])[] {
    if (!updatesArch) return [['weights']];
    return this.options.archUpdate.rule.updates === 'joint' ? [['alphas', 'weights']] : [['alphas'], ['weights']];
  }

  private async readGradients(program: Program): Promise<Float32Array[]> {
    const gradients: Float32Array[] = [];
    for (const index of this.options.archUpdate.rule.parameters.variables.keys())
      gradients.push(Float32Array.from(await program.read(gradientName(index))));
    return gradients;
  }

  /** Adam counts its steps from the first update of the architecture parameters. */
  private optimizerFeeds(step: number): Feeds {
    const { optimizer, archOptimizer } = this.parts;
    const before = (this.options.archStart ?? 0) * this.loop.steps;
    return { ...optimizer.feeds(step), ...archOptimizer?.feeds(Math.max(0, step - before)) };
  }

  private program(parts: readonly Part[]): Promise<Program> {
    return this.compiled(parts.join(' and '), (graph) => this.graphs.updates(graph, parts));
  }

  private gradientProgram(): Promise<Program> {
    return this.compiled('gradient', (graph) => this.graphs.gradient(graph));
  }

  private async compiled(name: string, trace: (graph: Graph) => void): Promise<Program> {
    let program = this.programs.get(name);
    if (!program) {
      const { engine, signal } = this.options;
      program = this.scope.own(await engine.compile(trace, { workspace: this.workspace, signal }));
      this.programs.set(name, program);
    }
    return program;
  }

  private sets(): VariableSet[] {
    const { supernet, archUpdate } = this.options;
    const { optimizer, archOptimizer } = this.parts;
    const states = [...optimizer.states, ...(archOptimizer?.states ?? [])];
    return [supernet.weights, supernet.runningStatistics, archUpdate.rule.parameters, ...states];
  }
}

function declaredFeeds(program: Program, feeds: Feeds): Feeds {
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => program.hasFeed(name)));
}
