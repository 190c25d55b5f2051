import type { EpochRecord } from './epochRecord.js';
/** What a search leaves: the architecture and how it came about. */
export interface SearchOutcome {
  readonly architecture: string;
  /** Epochs of a supernet search. */
  readonly epochs: readonly EpochRecord[];
  /** Architectures evaluated by a sampling search, in order. */
  readonly evaluations: readonly EvaluationRecord[];
  /** The architectures that no other evaluated one beats in every objective, of a search with several. */
  readonly front?: readonly ParetoPoint[];
  /** In words, what the outcome should be distrusted for, and what to try. */
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
  /** What the training would have taken by a table. */
  readonly seconds?: number;
}

export interface ParetoPoint {
  readonly architecture: string;
  /** Values by the objective's name: accuracy from 0 to 1, which is to be high; costs, which are to be low. */
  readonly objectives: Readonly<Record<string, number>>;
}

/** What training from scratch leaves; `accuracy` and `loss` are on the target's test images after the last epoch. */
export interface TrainingOutcome {
  readonly accuracy: number;
  readonly loss: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly epochs: readonly EpochRecord[];
}

/** What a table tells of an architecture, in place of training it. */
export interface JudgementOutcome {
  /** Test accuracy, as a fraction. */
  readonly accuracy: number;
  /** Where the table has it for the same training. */
  readonly validationAccuracy?: number;
  /** Place by test accuracy among all architectures of the table: 1 the best; equal ones share the better place. */
  readonly rank: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
}
