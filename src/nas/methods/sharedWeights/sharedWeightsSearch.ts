import { Random } from '../../../engine/random/random.js';
import type { SupernetOptions } from '../../networks/classifier.js';
import type { EpochRecord } from '../../records/epochRecord.js';
import type { EvaluationRecord } from '../../records/outcome.js';
import { type Problem, type Search, SearchError, type SupernetContext } from '../../search/method.js';
import { PathTrainer } from '../../training/pathTrainer.js';
import { requireMethod } from '../shared/samplingSearch.js';

/** What a method works with while its search runs. */
export interface SharedWork {
  readonly random: Random;
  /** Whole batches of the validation half. */
  readonly batches: number;
  /** Epochs of the shared weights that are done, and that there will be. */
  readonly epoch: number;
  readonly epochs: number;
  /** Optimiser steps of all epochs together. */
  readonly steps: number;
  /** Architectures that were recorded, in order. */
  readonly evaluations: readonly EvaluationRecord[];
  /** Accuracy with the shared weights, on some batches of the validation half or, where left out, on all of it. */
  measure(architecture: unknown, batches?: readonly number[]): Promise<number>;
  /** Counts the architecture among those of which the best is the result. */
  record(architecture: unknown, accuracy: number): void;
}

/** What a method holds on the device or keeps between steps; made when the search is under way. */
export interface SharedParts {
  /** The architecture of the next step of the shared weights. */
  draw(random: Random): unknown;
  /** After every epoch of the shared weights. */
  afterEpoch?(work: SharedWork): Promise<void>;
  /** A part of the selection once the weights are trained. */
  round(work: SharedWork, index: number): Promise<void>;
  /** Parts of the selection; each is a step of the search. */
  rounds(work: SharedWork): number;
  save?(): Promise<SharedState> | SharedState;
  restore?(state: SharedState): Promise<void> | void;
  dispose?(): void;
}

/** `values` survives JSON. */
export interface SharedState {
  readonly values?: Readonly<Record<string, unknown>>;
  readonly arrays?: Readonly<Record<string, Float32Array>>;
}

export interface SharedSettings {
  readonly method: string;
  /** Of batch norm in the candidates. */
  readonly affine: boolean;
  /** See SupernetOptions. */
  readonly checkpoint: boolean;
  /** See PathTrainerOptions. */
  readonly reestimate?: number;
  begin(context: SupernetContext): SharedParts | Promise<SharedParts>;
}

interface Running {
  readonly trainer: PathTrainer;
  readonly parts: SharedParts;
}

/** Names of a method's own arrays in a state. */
const OWN = 'method/';

/**
 * A search with weights that all architectures share: an epoch a step, in which every batch trains one drawn architecture; then
 * architectures are measured with these weights, and the most accurate of those recorded is the result.
 */
export function sharedWeightsSearch(problem: Problem, settings: SharedSettings): Search {
  const { method } = settings;
  const { space } = problem;
  const context = problem.supernet;
  if (!context) throw new SearchError(`${method}: the problem has no supernet; give it one of a space that has`);
  const { engine, protocol, source } = context;
  const random = new Random(problem.seed, `search ${method}`);
  const total = protocol.epochs;
  let running: Running | undefined;
  let epochs: EpochRecord[] = [];
  let evaluations: EvaluationRecord[] = [];
  let rounds = 0;

  const begin = async (): Promise<Running> => {
    if (running) return running;
    const { affine, reestimate, checkpoint } = settings;
    const batchNorm: SupernetOptions['batchNorm'] = reestimate === undefined ? 'batch' : 'reestimated';
    const trainer = await PathTrainer.create({
      engine,
      supernet: context.build({ gated: true, affine, batchNorm, checkpoint }),
      tables: space.relaxation.tables,
      shape: source,
      weights: source.trainSplit,
      alphas: source.validationSplit,
      protocol,
      seed: problem.seed,
      reestimate,
    });
    try {
      running = { trainer, parts: await settings.begin(context) };
    } catch (error) {
      trainer.dispose();
      throw error;
    }
    return running;
  };

  const workOf = (trainer: PathTrainer): SharedWork => ({
    random,
    batches: trainer.batches,
    epoch: epochs.length,
    epochs: total,
    steps: total * trainer.steps,
    evaluations,
    async measure(architecture, batches) {
      const { accuracy } = await trainer.evaluate(space.relaxation.selection(architecture), batches);
      return accuracy;
    },
    record(architecture, fitness) {
      const text = space.format(architecture);
      evaluations.push({ architecture: text, fitness });
    },
  });

  const end = () => {
    running?.trainer.dispose();
    running?.parts.dispose?.();
    running = undefined;
  };

  return {
    async step() {
      const { trainer, parts } = await begin();
      const work = workOf(trainer);
      if (epochs.length === total) {
        if (rounds < parts.rounds(work)) await parts.round(work, rounds++);
        return rounds < parts.rounds(work);
      }
      const before = epochs.length;
      const record = await trainer.epoch(
        () => space.relaxation.selection(parts.draw(random)),
        (done, steps) => problem.report?.({ kind: 'step', done: before * steps + done, total: total * steps }),
      );
      epochs.push(record);
      await parts.afterEpoch?.(workOf(trainer));
      problem.report?.({ kind: 'epoch', done: epochs.length, total, record });
      return true;
    },
    async save() {
      const { trainer, parts } = await begin();
      const { epochsDone, arrays } = await trainer.save();
      const own = await parts.save?.();
      const named = Object.fromEntries(Object.entries(own?.arrays ?? {}).map(([name, array]) => [OWN + name, array]));
      const values = { epochs, epochsDone, evaluations, rounds, position: random.position, own: own?.values };
      return { method, values: structuredClone(values), arrays: { ...arrays, ...named } };
    },
    async restore(state) {
      requireMethod(state, method);
      const values = state.values as {
        epochs: EpochRecord[];
        epochsDone: number;
        evaluations: EvaluationRecord[];
        rounds: number;
        position: number;
        own?: Readonly<Record<string, unknown>>;
      };
      const { trainer, parts } = await begin();
      trainer.restore({ epochsDone: values.epochsDone, arrays: state.arrays });
      const own = Object.entries(state.arrays).flatMap(([name, array]) =>
        name.startsWith(OWN) ? [[name.slice(OWN.length), array] as const] : [],
      );
      await parts.restore?.({ values: structuredClone(values.own), arrays: Object.fromEntries(own) });
      epochs = [...values.epochs];
      evaluations = [...values.evaluations];
      rounds = values.rounds;
      random.position = values.position;
    },
    result() {
      if (evaluations.length === 0)
        throw new SearchError(`${method}: result() before the last step(), architectures are compared there`);
      const best = evaluations.reduce((most, next) => (next.fitness > most.fitness ? next : most));
      return { architecture: best.architecture, epochs, evaluations };
    },
    progress: () => ({ done: epochs.length, total, unit: 'epoch' }),
    dispose: end,
  };
}
