import type { RelativeImprovement } from '../math/relativeImprovement.js';
import type { Spread } from '../math/spread.js';
import type { JudgementOutcome, SearchOutcome, TrainingOutcome } from '../records/outcome.js';
import type { PluginRecord } from '../records/plugin.js';
import type { Protocol } from '../records/protocol.js';

/** A finished search: method x source x seed. */
export interface SearchJob extends SearchOutcome {
  readonly hash: string;
  readonly method: string;
  readonly source: string;
  readonly seed: number;
  readonly seconds: number;
}

/**
 * A result of the study: the architecture that `method` found on `source`, trained from scratch on `target`. In a judged study the
 * numbers are those of the table: without loss and epochs, with the rank.
 */
export interface TransferJob extends Omit<TrainingOutcome, 'loss'>, Partial<JudgementOutcome> {
  readonly accuracy: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly loss?: number;
  readonly hash: string;
  readonly searchHash: string;
  readonly method: string;
  readonly source: string;
  readonly target: string;
  readonly seed: number;
  readonly architecture: string;
  readonly seconds: number;
}

/** Baselines of a target: always predicting its most frequent test class, and a linear (ridge) classifier on its pixels. */
export interface TargetBaseline {
  readonly target: string;
  readonly chance: number;
  readonly linear: number;
}

/** The table that judged a study. */
export interface JudgeDescription {
  readonly table: string;
  readonly epochs: number;
  /** Number of ranked architectures. */
  readonly size: number;
  /** Descriptions of the accuracies, by target. */
  readonly measurements: readonly {
    readonly target: string;
    readonly accuracy: string;
    readonly validationAccuracy?: string;
  }[];
}

/**
 * A reference level of a target. `optimum`: the highest test accuracy of the table; `resnet`: the residual
 * block as a cell; `random-mean`: mean and standard deviation over all architectures of the table.
 */
export interface StudyReference {
  readonly name: 'optimum' | 'resnet' | 'random-mean';
  readonly target: string;
  readonly accuracy: number;
  /** Population standard deviation (divisor n). */
  readonly deviation?: number;
  /** Number of architectures in the mean. */
  readonly count?: number;
  readonly architecture?: string;
  readonly rank?: number;
  /** Description of the level and its measurement. */
  readonly description: string;
}

/** Architectures that a method found on a source relative to the references of a judged target, over the seeds. */
export interface JudgedCell {
  readonly method: string;
  readonly source: string;
  readonly target: string;
  readonly validationAccuracy?: Spread;
  /** 100 (accuracy - random-mean) / random-mean. */
  readonly overRandomMean: Spread;
  /** Accuracy of the optimum minus accuracy, a fraction. */
  readonly regret: Spread;
  readonly rank: Spread;
  /** Per cent of the table's architectures that are better. */
  readonly better: Spread;
}

/** Skip connections in the architectures that a method found on a source, to detect the collapse of relaxed searches. */
export interface FoundSkips {
  readonly method: string;
  readonly source: string;
  /** Number of skip connections of an architecture, over the seeds. */
  readonly skips: Spread;
  /** Operations of an architecture. */
  readonly operations: number;
  /** Number of searches that found an architecture without convolutions. */
  readonly withoutConvolution: number;
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
  /** Of a judged study. */
  readonly judged?: readonly JudgedCell[];
  readonly skips?: readonly FoundSkips[];
}

/** `results.json` of a study. */
export interface StudyResults {
  readonly format: 1;
  readonly name: string;
  readonly space: string;
  /** `tuned`: digest of the measured choices between kernels, where they differ from the usual ones. */
  readonly adapter: { readonly name: string; readonly driver: string; readonly kind: string; readonly tuned?: string };
  readonly versions: Readonly<Record<string, string>>;
  readonly seeds: readonly number[];
  /** What a reader should know of the settings. */
  readonly notes?: readonly string[];
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
  /** None in a judged study, which has references. */
  readonly baselines: readonly TargetBaseline[];
  readonly judge?: JudgeDescription;
  readonly references?: readonly StudyReference[];
  readonly summary: StudySummary;
  readonly seconds: number;
  /** Modules that registered own methods, spaces or source rules. */
  readonly plugins?: readonly PluginRecord[];
  /** The command line that runs the same study again. */
  readonly rerun?: string;
}
