import type { Program } from '../../src/engine/runtime/program.js';

/** A tensor as plain numbers, row-major: images NHWC, convolution weights [kernelHeight, kernelWidth, inputs / groups, outputs]. */
export interface PlainTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint32Array;
}

/** Initial values of a workload, by name. */
export type Tensors = Readonly<Record<string, PlainTensor>>;

/** A workload compiled for the engine. */
export interface Prepared {
  readonly program: Program;
  /** Values of the program's variables; before the first run, the initial values for all contenders. */
  tensors(): Promise<Tensors>;
  /** Feeds of a run, counted from 0. */
  feeds(run: number): Record<string, number | readonly number[]>;
  /** Names of the outputs that are compared between contenders: an operation's result, then each gradient; a step's loss. */
  readonly outputs: readonly string[];
  dispose(): void;
}
