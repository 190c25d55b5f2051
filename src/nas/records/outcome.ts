import type { EpochRecord } from './epochRecord.js';
/** Result of a search: the architecture, and the records of how it was found. */
export interface SearchOutcome {
  readonly architecture: string;
  /** Epochs of a supernet search. */
  readonly epochs: readonly EpochRecord[];
  /** Architectures evaluated by a sampling search, in order. */
  readonly evaluations: readonly EvaluationRecord[];
  /** The non-dominated evaluated architectures, of a search with several objectives. */
  readonly front?: readonly ParetoPoint[];
  /** Reasons to distrust the outcome, and what to try. */
  readonly warnings?: readonly string[];
  /** Why a search on a supernet ended before its last epoch, and after which. */
  readonly stopped?: { readonly epoch: number; readonly reason: string };
}

/** An architecture evaluated in a search. */
export interface EvaluationRecord {
  readonly architecture: string;
  /** Accuracy on images that the training did not see, from 0 to 1. */
  readonly fitness: number;
  /** Epochs of training, where the method chose them. */
  readonly epochs?: number;
  /** Seconds of training according to a table. */
  readonly seconds?: number;
}

export interface ParetoPoint {
  readonly architecture: string;
  /** Values by the objective's name: accuracy from 0 to 1, which is maximised; costs, which are minimised. */
  readonly objectives: Readonly<Record<string, number>>;
}

/** Result of training from scratch; `accuracy` and `loss` are on the target's test images after the last epoch. */
export interface TrainingOutcome {
  readonly accuracy: number;
  readonly loss: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly epochs: readonly EpochRecord[];
}

/** A table's data on an architecture, used instead of training it. */
export interface JudgementOutcome {
  /** Test accuracy, as a fraction. */
  readonly accuracy: number;
  /** Where the table has it for the same training. */
  readonly validationAccuracy?: number;
  /** Rank by test accuracy among all architectures of the table, from 1 for the best; ties share the better rank. */
  readonly rank: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
}
