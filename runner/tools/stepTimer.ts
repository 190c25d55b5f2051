import type { Engine } from '../../src/engine/runtime/index.js';
import type { ImageSets } from '../data/imageSetCache.js';

/** What one step of the study's networks computes. */
export interface NetworkSize {
  readonly channels: number;
  readonly cells: number;
  readonly imageSize: number;
  readonly batch: number;
  /** Zero padding before a random crop: in a few hundred steps it pays on larger images alone. */
  readonly pad: number;
}

/** Seconds of one network: to build it once its kernels are there, and of one step. */
export interface NetworkTimes {
  readonly build: number;
  readonly step: number;
}

/** What was measured of a size on a device. */
export interface SizeTimes {
  /** Compiling kernels for the first time; the measurement has paid it. */
  readonly compile: number;
  readonly training: NetworkTimes;
  /** Of the supernet, both updates. */
  readonly search: NetworkTimes;
}

/** Times steps on a device. */
export interface StepTimer {
  /** The engine that it works with; none where nothing is really measured. */
  readonly engine?: Engine;
  measure(size: NetworkSize, sets: Pick<ImageSets, 'open'>): Promise<SizeTimes>;
}
