import type { Compiler } from '../../engine/runtime/compiler.js';
import type { NetworkSettings } from '../spaces/shared/networkSettings.js';
import type { Space } from '../spaces/shared/space.js';

/** Inputs of scores: sizes of an untrained network, and one batch of images. */
export interface ScoreContext<Architecture = unknown> {
  readonly engine: Compiler;
  readonly space: Space<Architecture>;
  readonly settings: NetworkSettings;
  /** [batch, size, size, channels], normalised by channel means and deviations; row-major. */
  readonly images: Float32Array;
  /** Class of every image. */
  readonly labels: Uint32Array;
  readonly batch: number;
  /** Seed of initial weights and random inputs. */
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
  /** Its inputs. `counts` needs neither images nor a device. */
  readonly needs: 'counts' | 'images';
  /** Scores with the same name here share a pass over the network, computed once when they are evaluated consecutively in one context. */
  readonly sharedPass?: string;
  /** @returns NaN when the score is not defined for the architecture, such as for a network with a constant output */
  evaluate(context: ScoreContext, architecture: unknown): Promise<number>;
}
