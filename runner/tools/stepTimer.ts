import type { Engine } from '../../src/engine/runtime/index.js';
import type { ImageSets } from '../data/imageSetCache.js';

/** Settings of the networks that are timed. */
export interface NetworkSize {
  readonly channels: number;
  readonly cells: number;
  readonly imageSize: number;
  readonly batch: number;
  /** Zero padding before a random crop: in a few hundred steps it helps on larger images only. */
  readonly pad: number;
}

/** Seconds of one network: to build it with compiled kernels, and of one step. */
export interface NetworkTimes {
  readonly build: number;
  readonly step: number;
}

/** Measured times of a size on a device. */
export interface SizeTimes {
  /** Seconds to compile the kernels; already spent by the measurement. */
  readonly compile: number;
  readonly training: NetworkTimes;
  /** Of the supernet, both updates. */
  readonly search: NetworkTimes;
}

/** Times steps on a device. */
export interface StepTimer {
  /** The engine that it uses; undefined in tests that measure nothing. */
  readonly engine?: Engine;
  measure(size: NetworkSize, sets: Pick<ImageSets, 'open'>): Promise<SizeTimes>;
}
