/** One epoch of a training or search run. Accuracies are fractions from 0 to 1. */
export interface EpochRecord {
  readonly epoch: number;
  readonly learningRate: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
  /** Where a relaxed search stands after the epoch. */
  readonly telemetry?: SearchTelemetry;
}

/** What a search by architecture parameters is on the way to. */
export interface SearchTelemetry {
  readonly tables: readonly TableTelemetry[];
  /** Largest eigenvalue of the Hessian of the validation loss in the architecture parameters; only where it was measured. */
  readonly eigenvalue?: number;
}

/** One table of candidates. */
export interface TableTelemetry {
  readonly name: string;
  /** Mean strength of every operation over the edges: the softmax's shares, or gates where a method has them. */
  readonly shares: Readonly<Record<string, number>>;
  /** Skip connections of the architecture that the strongest candidates would make. */
  readonly skips: number;
}
