import type { Protocol } from '../training/protocol.js';

/** One epoch of a training or search run. Accuracies are fractions from 0 to 1. */
export interface EpochRecord {
  readonly epoch: number;
  readonly learningRate: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
}

/** What a search leaves: the architecture and how it came about. */
export interface SearchOutcome {
  readonly architecture: string;
  /** Epochs of a supernet search. */
  readonly epochs: readonly EpochRecord[];
  /** Architectures evaluated by a sampling search, in order. */
  readonly evaluations: readonly EvaluationRecord[];
  /** The architectures that no other evaluated one beats in every objective, of a search with several. */
  readonly front?: readonly ParetoPoint[];
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

/** A search done: method x source x seed. */
export interface SearchJob extends SearchOutcome {
  readonly hash: string;
  readonly method: string;
  readonly source: string;
  readonly seed: number;
  readonly seconds: number;
}

/** A cell of the study: what `method` found on `source`, trained from scratch on `target`. */
export interface TransferJob extends TrainingOutcome {
  readonly hash: string;
  readonly searchHash: string;
  readonly method: string;
  readonly source: string;
  readonly target: string;
  readonly seed: number;
  readonly architecture: string;
  readonly seconds: number;
}

/** Reference levels of a target: always guessing its largest test class, and a linear (ridge) classifier on its pixels. */
export interface TargetBaseline {
  readonly target: string;
  readonly chance: number;
  readonly linear: number;
}

/** Mean, sample standard deviation (n - 1; 0 for one value) and number of values. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
  readonly count: number;
}

/**
 * Relative improvement over random cells in per cent. `deviation` is over the single runs against the mean of random;
 * `standardError` is that of the mean, with the uncertainty of random's mean in it: absent with fewer than two runs on
 * either side. `randomCount` is the number of random runs compared with.
 */
export interface RelativeImprovement extends Spread {
  readonly standardError?: number;
  readonly randomCount?: number;
}

export interface StudySummary {
  /** Accuracy per method x source x target over the seeds, with the relative improvement over random cells in per cent. */
  readonly cells: readonly {
    readonly method: string;
    readonly source: string;
    readonly target: string;
    readonly accuracy: Spread;
    /**
     * 100 (mean - mean of random) / mean of random (Yang et al. 2020, 1912.12522); absent without random jobs, and for
     * random cells themselves.
     */
    readonly relativeImprovement?: RelativeImprovement;
  }[];
  /** Kendall tau-b of the order of methods between two sources on one target. */
  readonly sourceRankCorrelation: readonly {
    readonly target: string;
    readonly sources: readonly [string, string];
    readonly tau: number | null;
    readonly count: number;
  }[];
  /** Kendall tau-b between accuracy in the search on the source and accuracy on the target. */
  readonly searchToTargetCorrelation: readonly {
    readonly source: string;
    readonly target: string;
    readonly tau: number | null;
    readonly count: number;
  }[];
  /** Kendall tau-b between the accuracies of the same found architectures, trained from scratch on two targets. */
  readonly targetRankCorrelation?: readonly {
    readonly targets: readonly [string, string];
    readonly tau: number | null;
    readonly count: number;
  }[];
}

/** `results.json` of a study. */
export interface StudyResults {
  readonly format: 1;
  readonly name: string;
  readonly space: string;
  /** `tuned`: names the measured choices between kernels, where they are not the usual ones. */
  readonly adapter: { readonly name: string; readonly driver: string; readonly kind: string; readonly tuned?: string };
  readonly versions: Readonly<Record<string, string>>;
  readonly seeds: readonly number[];
  /** `fitness`: the short training by which a sampling search ranks candidates. */
  readonly protocols: { readonly search: Protocol; readonly fitness?: Protocol; readonly training: Protocol };
  readonly sources: readonly {
    readonly name: string;
    readonly description: string;
    readonly images: number;
    readonly classes: number;
  }[];
  readonly targets: readonly {
    readonly name: string;
    readonly description: string;
    readonly train: number;
    readonly test: number;
    readonly classes: number;
  }[];
  readonly searches: readonly SearchJob[];
  readonly jobs: readonly TransferJob[];
  readonly baselines: readonly TargetBaseline[];
  readonly summary: StudySummary;
  readonly seconds: number;
  /** The command line that runs the same study again. */
  readonly rerun?: string;
}
