export interface VadamSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** Precision of the prior, a normal distribution of mean 0. */
  readonly priorPrecision: number;
  /** Number of training examples, N. */
  readonly examples: number;
}

/** Normal distributions of some parameters, and the state of Vadam. */
export interface VadamState {
  /** Means. */
  readonly mean: Float32Array;
  /** Decaying average of gradients. */
  readonly momentum: Float32Array;
  /** Decaying average of squared gradients; the precision is `examples` times it plus the prior's. */
  readonly second: Float32Array;
}

/** Standard deviations of the parameters: 1 / sqrt(N s + prior precision). */
export function deviations(second: Float32Array, { examples, priorPrecision }: VadamSettings): Float32Array {
  return second.map((each) => 1 / Math.sqrt(examples * each + priorPrecision));
}

/**
 * One step of Vadam (Khan et al. 2018, 1806.04854): natural gradients of the evidence lower bound, as a modification of Adam.
 * @param gradients of the mean loss, at a sample of the parameters
 * @param step from 1
 */
export function vadamStep(
  { mean, momentum, second }: VadamState,
  gradients: Float32Array,
  step: number,
  { learningRate, beta1, beta2, priorPrecision, examples }: VadamSettings,
): VadamState {
  const prior = priorPrecision / examples;
  const nextMomentum = momentum.map((m, i) => beta1 * m + (1 - beta1) * (gradients[i] + prior * mean[i]));
  const nextSecond = second.map((s, i) => beta2 * s + (1 - beta2) * gradients[i] ** 2);
  const [corrected1, corrected2] = [1 - beta1 ** step, 1 - beta2 ** step];
  return {
    mean: mean.map(
      (mu, i) => mu - (learningRate * nextMomentum[i]) / corrected1 / (Math.sqrt(nextSecond[i] / corrected2) + prior),
    ),
    momentum: nextMomentum,
    second: nextSecond,
  };
}
