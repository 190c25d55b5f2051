/** One epoch of a training or search run. Accuracies are fractions from 0 to 1. */
export interface EpochRecord {
  readonly epoch: number;
  readonly learningRate: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
  /** State of a relaxed search after the epoch. */
  readonly telemetry?: SearchTelemetry;
}

/** Telemetry of a search by architecture parameters. */
export interface SearchTelemetry {
  readonly tables: readonly TableTelemetry[];
  /** Largest eigenvalue of the Hessian of the validation loss in the architecture parameters; absent where it was not measured. */
  readonly eigenvalue?: number;
}

/** One table of candidates. */
export interface TableTelemetry {
  readonly name: string;
  /** Mean strength of every operation over the edges: softmax probabilities, or gates where a method has them. */
  readonly shares: Readonly<Record<string, number>>;
  /** Skip connections of the architecture of the strongest candidates. */
  readonly skips: number;
}
