import { logicalSize, product, type ValueType } from '../graph/types.js';
import type { Initializer } from '../graph/variables.js';
import type { Random } from '../random/random.js';

export { zeros } from '../graph/variables.js';

/** Number of connections into one output (fanIn), or out of one input (fanOut), by which Kaiming initializers scale. */
export type Fan = 'fanIn' | 'fanOut';

/**
 * Fan of weights [..., inputs / groups, outputs]: the product of all dimensions but the outputs (fanIn), or but the inputs
 * (fanOut), as PyTorch computes it, which ignores groups.
 */
export function fan(type: ValueType, mode: Fan): number {
  const taps = product(type.shape.slice(0, -2));
  return taps * (type.shape.at(mode === 'fanIn' ? -2 : -1) ?? 1);
}

/** Fills with ones. */
export const ones: Initializer = (type) => new Float32Array(logicalSize(type)).fill(1);

/** Uniform in [low, high). */
export function uniform(low: number, high: number): Initializer {
  return (type, random) => fill(type, () => low + (high - low) * random.uniform());
}

/** Normal distribution. @param deviation standard deviation */
export function normal(mean: number, deviation: number): Initializer {
  return (type, random) => fill(type, () => mean + deviation * random.normal());
}

/**
 * Kaiming normal: standard deviation gain / sqrt(fan) with gain = sqrt(2 / (1 + negativeSlope^2)), which preserves the
 * variance of activations (fanIn) or gradients (fanOut) through layers with (leaky) ReLUs (He et al. 2015, eq. 10, 14, 15).
 */
export function kaimingNormal(mode: Fan = 'fanIn', negativeSlope = 0): Initializer {
  return (type, random) => normal(0, kaimingDeviation(type, mode, negativeSlope))(type, random);
}

/** Kaiming uniform: uniform with the standard deviation of `kaimingNormal`. */
export function kaimingUniform(mode: Fan = 'fanIn', negativeSlope = 0): Initializer {
  return (type, random) => centred(Math.sqrt(3) * kaimingDeviation(type, mode, negativeSlope), type, random);
}

/** PyTorch's default for the weights of convolutions and linear layers: uniform in +-1 / sqrt(fan in). */
export const defaultWeight: Initializer = kaimingUniform('fanIn', Math.sqrt(5));

/** PyTorch's default for the bias of a layer whose weights have this fan in: uniform in +-1 / sqrt(fan in). */
export function defaultBias(fanIn: number): Initializer {
  return (type, random) => centred(1 / Math.sqrt(fanIn), type, random);
}

function kaimingDeviation(type: ValueType, mode: Fan, negativeSlope: number): number {
  return Math.sqrt(2 / (1 + negativeSlope ** 2)) / Math.sqrt(fan(type, mode));
}

function centred(bound: number, type: ValueType, random: Random): Float32Array {
  return fill(type, () => bound * (2 * random.uniform() - 1));
}

function fill(type: ValueType, draw: () => number): Float32Array {
  return Float32Array.from({ length: logicalSize(type) }, draw);
}
