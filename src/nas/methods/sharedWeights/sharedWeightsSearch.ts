import { Random } from '../../../engine/random/random.js';
import type { SupernetOptions } from '../../networks/classifier.js';
import type { EpochRecord } from '../../records/epochRecord.js';
import type { EvaluationRecord, SearchOutcome } from '../../records/outcome.js';
import { SearchError } from '../../search/errors.js';
import { inPhase } from '../../search/events.js';
import type { Search, SearchProgress, SearchState } from '../../search/method.js';
import type { Problem, SupernetContext } from '../../search/problem.js';
import { PathTrainer } from '../../training/paths/pathTrainer.js';
import { requireMethod, WholeSteps } from '../shared/searchState.js';

/** What a method uses while its search runs. */
export interface SharedWork {
  readonly random: Random;
  /** Number of whole batches of the validation split. */
  readonly batches: number;
  /** Epochs of the shared weights that are done. */
  readonly epoch: number;
  readonly epochs: number;
  /** Optimiser steps of all epochs. */
  readonly steps: number;
  /** Architectures recorded so far, in order. */
  readonly evaluations: readonly EvaluationRecord[];
  /**
   * Accuracy with the shared weights.
   * @param batches which batches of the validation split; absent: all
   */
  measure(architecture: unknown, batches?: readonly number[]): Promise<number>;
  /** Adds an architecture to those of which the most accurate is the result. */
  record(architecture: unknown, accuracy: number): void;
}

/** A method's part of a search: made in its first step, freed with the search. */
export interface SharedParts {
  /** The architecture that the next step trains. */
  draw(random: Random): unknown;
  /** Called after every epoch of the shared weights. */
  afterEpoch?(work: SharedWork): Promise<void>;
  /** One round of the selection, after the last epoch; a step of the search. @param index from 0 */
  round(work: SharedWork, index: number): Promise<void>;
  /** Number of rounds. */
  rounds(work: SharedWork): number;
  /** State of the method; the search itself saves random numbers and records. */
  save?(): Promise<SharedState> | SharedState;
  restore?(state: SharedState): Promise<void> | void;
  dispose?(): void;
}

/** `values` is JSON. */
export interface SharedState {
  readonly values?: Readonly<Record<string, unknown>>;
  readonly arrays?: Readonly<Record<string, Float32Array>>;
}

export interface SharedSettings {
  readonly method: string;
  /** Scale and shift of batch norm in the candidates. */
  readonly affine: boolean;
  /** See `SupernetOptions.checkpoint`. */
  readonly checkpoint: boolean;
  /** See `PathTrainerOptions.reestimate`. */
  readonly reestimate?: number;
  begin(context: SupernetContext): SharedParts | Promise<SharedParts>;
}

/**
 * A search with weights that all architectures share: a step is an epoch, in which every batch trains one architecture; then the
 * method compares architectures with these weights in rounds, and the most accurate of those recorded is the result.
 * @throws {SearchError} when the problem has no supernet
 */
export function sharedWeightsSearch(problem: Problem, settings: SharedSettings): Search {
  const context = problem.supernet;
  if (!context)
    throw new SearchError(`${settings.method}: the problem has no supernet; give it one of a space that has`);
  return new SharedWeightsSearch(problem, context, settings);
}

interface Running {
  readonly trainer: PathTrainer;
  readonly parts: SharedParts;
}

/** `SearchState.values` of the search. */
interface SharedValues {
  readonly epochs: EpochRecord[];
  readonly epochsDone: number;
  readonly evaluations: EvaluationRecord[];
  readonly rounds: number;
  readonly position: number;
  readonly own?: Readonly<Record<string, unknown>>;
}

/** Prefix of a method's own arrays in a state. */
const OWN = 'method/';

class SharedWeightsSearch implements Search {
  private readonly whole: WholeSteps;
  private readonly random: Random;
  private running?: Running;
  private epochs: EpochRecord[] = [];
  private evaluations: EvaluationRecord[] = [];
  /** Rounds of the selection that are done. */
  private rounds = 0;
  private reported = false;

  constructor(
    private readonly problem: Problem,
    private readonly context: SupernetContext,
    private readonly settings: SharedSettings,
  ) {
    this.whole = new WholeSteps(settings.method);
    this.random = new Random(problem.seed, `search ${settings.method}`);
  }

  step(): Promise<boolean> {
    return this.whole.run(this.problem.signal, async () => {
      const running = await this.begin();
      return this.epochs.length === this.total ? this.round(running) : this.epoch(running);
    });
  }

  progress(): SearchProgress {
    return { done: this.epochs.length, total: this.total, unit: 'epoch' };
  }

  result(): SearchOutcome {
    const { epochs, evaluations } = this;
    if (evaluations.length === 0)
      throw new SearchError(
        `${this.settings.method}: result() before the last step(), architectures are compared there`,
      );
    const best = evaluations.reduce((most, next) => (next.fitness > most.fitness ? next : most));
    return { architecture: best.architecture, epochs, evaluations };
  }

  async save(): Promise<SearchState> {
    this.whole.requireWhole('save');
    const { trainer, parts } = await this.begin();
    const { epochsDone, arrays } = await trainer.save();
    const own = await parts.save?.();
    const named = Object.fromEntries(Object.entries(own?.arrays ?? {}).map(([name, array]) => [OWN + name, array]));
    const { epochs, evaluations, rounds } = this;
    const values = { epochs, epochsDone, evaluations, rounds, position: this.random.position, own: own?.values };
    return { method: this.settings.method, values: structuredClone(values), arrays: { ...arrays, ...named } };
  }

  async restore(state: SearchState): Promise<void> {
    requireMethod(state, this.settings.method);
    const values = state.values as unknown as SharedValues;
    const { trainer, parts } = await this.begin();
    trainer.restore({ epochsDone: values.epochsDone, arrays: state.arrays });
    const own = Object.entries(state.arrays).flatMap(([name, array]) =>
      name.startsWith(OWN) ? [[name.slice(OWN.length), array] as const] : [],
    );
    await parts.restore?.({ values: structuredClone(values.own), arrays: Object.fromEntries(own) });
    this.epochs = [...values.epochs];
    this.evaluations = [...values.evaluations];
    this.rounds = values.rounds;
    this.random.position = values.position;
    this.whole.reset();
  }

  dispose(): void {
    this.running?.trainer.dispose();
    this.running?.parts.dispose?.();
    this.running = undefined;
  }

  private get total(): number {
    return this.context.protocol.epochs;
  }

  private async begin(): Promise<Running> {
    if (this.running) return this.running;
    const phase = { phase: 'preparation', index: 1, count: 1 } as const;
    this.running = await inPhase(this.problem, phase, () => this.build());
    return this.running;
  }

  private async build(): Promise<Running> {
    const { affine, reestimate, checkpoint } = this.settings;
    const { engine, protocol, source } = this.context;
    const { space, seed, signal } = this.problem;
    const batchNorm: SupernetOptions['batchNorm'] = reestimate === undefined ? 'batch' : 'reestimated';
    const trainer = await PathTrainer.create({
      engine,
      supernet: this.context.build({ gated: true, affine, batchNorm, checkpoint }),
      tables: space.relaxation.tables,
      shape: source,
      trainSplit: source.trainSplit,
      validationSplit: source.validationSplit,
      protocol,
      seed,
      reestimate,
      signal,
    });
    try {
      return { trainer, parts: await this.settings.begin(this.context) };
    } catch (error) {
      trainer.dispose();
      throw error;
    }
  }

  private async epoch({ trainer, parts }: Running): Promise<boolean> {
    const { problem, total, random } = this;
    const { relaxation } = problem.space;
    const phase = { kind: 'phase', phase: 'training', index: 1, count: 1 } as const;
    if (!this.reported) problem.report?.({ ...phase, state: 'start' });
    this.reported = true;
    const before = this.epochs.length;
    const record = await trainer.epoch(
      () => relaxation.selection(parts.draw(random)),
      (done, steps) => problem.report?.({ kind: 'step', done: before * steps + done, total: total * steps }),
    );
    this.epochs.push(record);
    await parts.afterEpoch?.(this.work(trainer));
    problem.report?.({ kind: 'epoch', done: this.epochs.length, total, record });
    if (this.epochs.length === total) problem.report?.({ ...phase, state: 'end' });
    return true;
  }

  private async round({ trainer, parts }: Running): Promise<boolean> {
    const work = this.work(trainer);
    const count = parts.rounds(work);
    if (this.rounds < count) {
      const index = this.rounds++;
      await inPhase(this.problem, { phase: 'selection', index: index + 1, count }, () => parts.round(work, index));
    }
    return this.rounds < parts.rounds(work);
  }

  private work(trainer: PathTrainer): SharedWork {
    const { random, evaluations, total } = this;
    const { signal, space } = this.problem;
    return {
      random,
      batches: trainer.batches,
      epoch: this.epochs.length,
      epochs: total,
      steps: total * trainer.steps,
      evaluations,
      async measure(architecture, batches) {
        signal?.throwIfAborted();
        const { accuracy } = await trainer.evaluate(space.relaxation.selection(architecture), batches);
        return accuracy;
      },
      record(architecture, fitness) {
        evaluations.push({ architecture: space.format(architecture), fitness });
      },
    };
  }
}
