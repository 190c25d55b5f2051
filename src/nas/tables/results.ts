import type { RelativeImprovement } from '../math/relativeImprovement.js';
import type { Spread } from '../math/spread.js';
import type { ParetoPoint } from '../records/outcome.js';
import type { PluginRecord } from '../records/plugin.js';
import type { SearchLimits } from '../search/problem.js';
import type { Measurement } from './table.js';

/** An improvement of a search's incumbent, after `queries` evaluations and `seconds` of the table's clock. */
export interface Improvement {
  readonly queries: number;
  readonly seconds: number;
  readonly index: number;
}

/** One search on a table. Indices are rows of the table. */
export interface TableSearch {
  /** The method's name in the results. */
  readonly method: string;
  /** Data set whose validation accuracy the search saw. */
  readonly set: string;
  readonly seed: number;
  /** What the search returned. */
  readonly index: number;
  readonly queries: number;
  readonly seconds: number;
  /** Improvements by the accuracy that the search saw, in order; the last is the best of all. */
  readonly improvements: readonly Improvement[];
  readonly front?: readonly ParetoPoint[];
}

/** An accuracy of the architectures that a method found, over the seeds, in per cent. */
export interface TableAccuracy {
  readonly method: string;
  /** Data set searched on. */
  readonly source: string;
  /** Data set, split, epochs and seed reported. */
  readonly measurement: Measurement;
  readonly accuracy: Spread;
  /** Of every search, in the order of `searches`. */
  readonly values?: readonly number[];
  /** Against random search with the same source; absent without it, and for random itself. */
  readonly relativeImprovement?: RelativeImprovement;
  /** The published row, with its source. */
  readonly published?: { readonly mean: number; readonly deviation: number; readonly source: string };
}

/** Incumbents over the seeds, on a grid of queries or seconds. */
export interface SearchCurve {
  readonly method: string;
  readonly source: string;
  readonly measurement: Measurement;
  readonly axis: 'queries' | 'seconds';
  readonly x: readonly number[];
  readonly mean: readonly number[];
  /** Quantiles 0.1, 0.5 and 0.9 over the seeds. */
  readonly low: readonly number[];
  readonly median: readonly number[];
  readonly high: readonly number[];
}

/** Number of queries that a method needs to find the table's best validation accuracy. */
export interface QueriesToOptimum {
  readonly method: string;
  readonly source: string;
  /** Over the seeds that found it; absent where none did. */
  readonly queries?: Spread;
  readonly reached: number;
  readonly seeds: number;
  /** Mean over all seeds, where a search that did not find it counts with all its queries: a lower bound of the mean. */
  readonly atLeast: number;
  readonly published?: { readonly mean: number; readonly source: string };
}

export interface TableRunMethod {
  readonly label: string;
  readonly name: string;
  readonly options: unknown;
  /** The lengths of training that its searches could use, ascending, and the seed of the measurement after each. */
  readonly seen: readonly Pick<Measurement, 'epochs' | 'seed'>[];
}

/** `table-run.json`. */
export interface TableRunResults {
  readonly format: 1;
  readonly kind: 'table-run';
  readonly table: string;
  readonly space: string;
  readonly methods: readonly TableRunMethod[];
  /** What searches see: its `set` is replaced by each of `sources`. */
  readonly seen: Measurement;
  readonly sources: readonly string[];
  readonly limits: SearchLimits;
  readonly seeds: readonly number[];
  readonly searches: readonly TableSearch[];
  readonly accuracies: readonly TableAccuracy[];
  readonly curves: readonly SearchCurve[];
  readonly queriesToOptimum: readonly QueriesToOptimum[];
  /** Kendall tau-b of the order of methods between two sources, judged on one set. */
  readonly sourceRankCorrelation: readonly {
    readonly sources: readonly [string, string];
    readonly set: string;
    readonly tau: number | null;
  }[];
  /** Kendall tau-b over all rows between the test accuracies of two sets. */
  readonly setRankCorrelation: readonly { readonly sets: readonly [string, string]; readonly tau: number | null }[];
  /** The best row by each measurement, and rows to compare with. */
  readonly references: readonly {
    readonly label: string;
    readonly index: number;
    readonly accuracies: readonly { readonly measurement: Measurement; readonly accuracy: number }[];
  }[];
  readonly hypervolumes: readonly {
    readonly method: string;
    readonly source: string;
    readonly objectives: readonly string[];
    readonly hypervolume: Spread;
    /** Of the table's own front. */
    readonly optimum: number;
  }[];
  /** The table's own fronts: the best trade-offs of all its rows by what searches on the source saw. */
  readonly tableFronts?: readonly {
    readonly source: string;
    readonly objectives: readonly string[];
    readonly front: readonly ParetoPoint[];
  }[];
  readonly versions: Readonly<Record<string, string>>;
  readonly seconds: number;
  /** Modules that registered own methods or spaces. */
  readonly plugins?: readonly PluginRecord[];
  readonly rerun?: string;
}

/** How well predictors rank architectures that they were not fitted on. `predictions.json`. */
export interface PredictionResults {
  readonly format: 1;
  readonly kind: 'predictions';
  readonly table: string;
  readonly space: string;
  /** What is predicted. */
  readonly measurement: Measurement;
  readonly predictors: readonly {
    readonly label: string;
    readonly encoding: string;
    /** Architectures fitted on. */
    readonly fitted: number;
    readonly spearman: Spread;
    readonly kendall: Spread;
    /** Seconds to fit, and to predict all rows. */
    readonly fitSeconds: Spread;
    readonly predictSeconds: Spread;
    /** Of the first seed, on rows not fitted on: predicted and true accuracy in per cent. */
    readonly points: readonly (readonly [predicted: number, true_: number])[];
  }[];
  readonly seeds: readonly number[];
  readonly versions: Readonly<Record<string, string>>;
  readonly rerun?: string;
}

/** Zero-cost scores of some architectures. `scores.json`. */
export interface ScoreResults {
  readonly format: 1;
  readonly kind: 'scores';
  readonly space: string;
  readonly table?: string;
  /** Image set whose batch was used, network and batch. */
  readonly images: string;
  readonly settings: Readonly<Record<string, number>>;
  readonly adapter: { readonly name: string; readonly driver: string; readonly kind: string };
  readonly cells: readonly {
    readonly architecture: string;
    readonly index?: number;
    /** Accuracies of the table, in per cent: one for each measurement of the correlations. */
    readonly accuracies?: readonly { readonly measurement: Measurement; readonly accuracy: number }[];
    readonly scores: Readonly<Record<string, number | null>>;
    readonly seconds: Readonly<Record<string, number>>;
  }[];
  readonly correlations: readonly {
    readonly score: string;
    readonly measurement: Measurement;
    readonly spearman: number | null;
    readonly kendall: number | null;
    readonly count: number;
    readonly seconds: Spread;
    readonly published?: { readonly spearman: number; readonly source: string };
  }[];
  readonly versions: Readonly<Record<string, string>>;
  readonly rerun?: string;
}
