import type { Supernet, SupernetOptions } from '../../networks/classifier.js';
import type { Protocol } from '../../records/protocol.js';
import type { SupernetContext } from '../../search/problem.js';
import type { ArchUpdate } from '../../training/bilevel/bilevelOptions.js';
import type { SharedEvaluator } from '../../training/paths/sharedEvaluator.js';

/** A supernet that is trained for the epochs of the problem's protocol. Most methods have one, P-DARTS three. */
export interface Stage {
  readonly supernet: SupernetOptions;
  /** What differs from the sizes of the problem's protocol. */
  readonly sizes?: Partial<Pick<Protocol, 'channels' | 'cells'>>;
  /** Epochs at the start in which the weights alone are trained; default 0. */
  readonly archStart?: number;
  /** @param context its protocol has the stage's sizes */
  begin(supernet: Supernet, context: SupernetContext): StageParts;
}

/** What a method adds to one supernet. */
export interface StageParts {
  readonly archUpdate: ArchUpdate;
  /**
   * The architecture of the trained supernet, called once, after the last epoch of the last stage. Absent: `deriveArchitecture`,
   * after every epoch.
   * @param operationScores for each table [edges, operations], row-major, with skip connections limited as the options say
   */
  derive?(operationScores: readonly Float32Array[], trained: TrainedSupernet): unknown | Promise<unknown>;
}

/** Scores of all candidates at the end of a stage, for each table [edges, operations], row-major. */
export interface StageEnd {
  readonly operationScores: readonly Float32Array[];
}

/** What derivation can measure with. */
export interface TrainedSupernet {
  /** The architecture parameters: one array for each variable of the rule's parameters, row-major. */
  readonly parameters: readonly Float32Array[];
  /** Measures architectures on the validation split with the trained weights. Of a gated supernet; freed after derivation. */
  evaluator(): Promise<SharedEvaluator>;
}
