import type { Compiler } from '../../engine/runtime/compiler.js';
import type { NetworkSettings } from '../spaces/shared/networkSettings.js';
import type { Space } from '../spaces/shared/space.js';

/** What a score looks at: an untrained network and one batch of images. */
export interface ScoreContext<Architecture = unknown> {
  readonly engine: Compiler;
  readonly space: Space<Architecture>;
  readonly settings: NetworkSettings;
  /** [batch, size, size, channels], normalised by channel means and deviations; row-major. */
  readonly images: Float32Array;
  /** Class of every image. */
  readonly labels: Uint32Array;
  readonly batch: number;
  /** Initial weights and random inputs depend on it. */
  readonly seed: number;
  /** Aborts before the next score, and before its program runs. */
  readonly signal?: AbortSignal;
}

/** A score of an architecture that needs no training; higher is better unless `lowerIsBetter`. */
export interface Score {
  readonly name: string;
  /** Where it was published. */
  readonly paper: string;
  readonly lowerIsBetter?: boolean;
  /** What it looks at. `counts` need neither images nor a device. */
  readonly needs: 'counts' | 'images';
  /** Scores that name the same pass over the network compute it once where they are asked one after the other with one context. */
  readonly sharedPass?: string;
  /** @returns NaN where the score is not defined for the architecture, such as a network whose output is constant */
  evaluate(context: ScoreContext, architecture: unknown): Promise<number>;
}
