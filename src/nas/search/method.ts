import type { z } from 'zod';
import type { SearchOutcome } from '../records/outcome.js';
import type { Problem } from './problem.js';

/**
 * What a method uses of its problem besides space, options and seed, and so what its result depends on: nothing, the name of the
 * source alone, evaluations by training, or a supernet.
 */
export type Needs = 'nothing' | 'name' | 'training' | 'supernet';

/** A search method. `samplingSearch`, `relaxedSearch` and `sharedWeightsSearch` make the searches that `start` returns. */
export interface Method<Options = unknown> {
  /** Letters, digits, `_` and `-`; unique. */
  readonly name: string;
  /** Authors, venue or year, arXiv id. */
  readonly paper: string;
  /** What it does, in one line without a full stop. */
  readonly summary: string;
  /** Schema of the options, with published values as defaults. */
  readonly options: z.ZodType<Options>;
  needs(options: Options): Needs;
  /** True: the method chooses how long an evaluation trains. Default: evaluations always train the longest. */
  readonly multiFidelity?: boolean;
  /** True: an epoch of a supernet goes through both splits of the source. Default: through the training split. */
  joinsHalves?(options: Options): boolean;
  /**
   * Starts a search; nothing is computed before its first step.
   * @throws {SearchError} when the problem lacks what the method needs, or options contradict it
   */
  start(problem: Problem, options: Options): Search;
}

/**
 * A running search. After `restore(save())`, in this or another process, it continues to the same bits. `step` and `save` check
 * the problem's signal; a search is saved between two steps, and a step that failed or was aborted can only be followed by
 * `restore` or `dispose`.
 */
export interface Search {
  /**
   * Does the next unit of work: an evaluation or an epoch.
   * @returns whether there is more to do
   * @throws the reason of the problem's signal when it is aborted
   */
  step(): Promise<boolean>;
  /**
   * The whole state between two steps.
   * @throws {SearchError | InterruptedTrainingError} when the last step failed or was aborted
   */
  save(): SearchState | Promise<SearchState>;
  /** Continues from a saved state. @throws {SearchError} when it is of another method */
  restore(state: SearchState): void | Promise<void>;
  /** The outcome so far. @throws {SearchError} before there is one */
  result(): SearchOutcome;
  progress(): SearchProgress;
  /** Frees what the search holds on the device. A second call does nothing. */
  dispose?(): void;
  /**
   * Allocates and compiles, stage by stage, what the search will hold at one time, and frees it: on a `PlanningEngine`, whose highest
   * memory use is then that of the search. Searches without it allocate everything in their first step.
   */
  plan?(): Promise<void>;
  /** Number of supernets that are trained one after another; default 1. */
  readonly stages?: number;
}

/** State of a search. `values` is JSON; `arrays` holds weights and optimiser states. */
export interface SearchState {
  readonly method: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

export interface SearchProgress {
  readonly done: number;
  readonly total: number;
  readonly unit: 'architecture' | 'epoch';
}
