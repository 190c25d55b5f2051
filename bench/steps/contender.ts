/** A tensor as plain numbers, row-major: images NHWC, convolution weights [kernelHeight, kernelWidth, inputs / groups, outputs]. */
export interface PlainTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint32Array;
}

/** Every number that a workload starts from, by name. */
export type Tensors = Readonly<Record<string, PlainTensor>>;

export interface Measurement {
  /**
   * What must agree between contenders. Operations: the sum of magnitudes of the output, then of each gradient. Steps:
   * the loss of the first steps.
   */
  readonly check: readonly number[];
  /** Milliseconds until the first result was there: tracing, shader compilation and one run. */
  readonly firstMilliseconds: number;
  /** Milliseconds of every timed run, from its start until the device was done. */
  readonly milliseconds: readonly number[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
