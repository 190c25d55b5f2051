import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { type DType, logicalSize, physicalSize, type ValueType, valueType, vectorsPerRow } from '../../graph/types.js';
import { philox4x32, purposeKey, unitInterval } from '../../random/philox.js';
import { gridOf, viewUniforms } from '../record/kernelCall.js';
import { checkScalar, checkSeed } from '../record/shapeChecks.js';

/** Shape and key of random numbers. */
export interface RandomAttributes {
  readonly shape: readonly number[];
  /** An unsigned 32-bit integer. */
  readonly seed: number;
  /** Different purposes give independent numbers. */
  readonly purpose: string;
}

/**
 * Random words of Philox4x32-10 (Salmon et al. 2011). The four elements of vec4 i of the value (rows padded to whole vec4s)
 * are the words of counter (i, step, 0, 0) with key (seed, purpose).
 * @param step u32 scalar, the number of the training step
 * @returns u32 of `attributes.shape`
 * @throws {DTypeError | ShapeError} when `step` is not a u32 scalar
 * @throws {AttributeError} when the seed is not an unsigned 32-bit integer
 */
export function randomWords(step: Value, attributes: RandomAttributes): Value {
  return step.graph.apply(randomWordsOperation, [step], attributes)[0];
}

/**
 * Uniform random numbers in [0, 1), multiples of 2^-24, computed from the words of `randomWords`.
 * @param step u32 scalar, the number of the training step
 * @returns f32 of `attributes.shape`
 * @throws {DTypeError | ShapeError} when `step` is not a u32 scalar
 * @throws {AttributeError} when the seed is not an unsigned 32-bit integer
 */
export function randomUniform(step: Value, attributes: RandomAttributes): Value {
  return step.graph.apply(randomUniformOperation, [step], attributes)[0];
}

/**
 * Standard normal random numbers, by the Box-Muller transform (1958) of the first two and the last two words of each vec4 of
 * `randomWords`.
 * @param step u32 scalar, the number of the training step
 * @returns f32 of `attributes.shape`
 * @throws {DTypeError | ShapeError} when `step` is not a u32 scalar
 * @throws {AttributeError} when the seed is not an unsigned 32-bit integer
 */
export function randomNormal(step: Value, attributes: RandomAttributes): Value {
  return step.graph.apply(randomNormalOperation, [step], attributes)[0];
}

/** The uniform numbers of one vec4, on the host. */
export function uniformsAt(counter: number, step: number, seed: number, purpose: string): number[] {
  return philox4x32([counter, step, 0, 0], [seed, purposeKey(purpose)]).map(unitInterval);
}

const DISTRIBUTIONS = { randomWords: 0, randomUniform: 1, randomNormal: 2 } as const;

function randomOperation(
  name: keyof typeof DISTRIBUTIONS,
  dtype: DType,
  convert: (words: readonly number[]) => readonly number[],
): Operation<RandomAttributes> {
  return {
    name,
    infer: ([step]: readonly ValueType[], { shape, seed }) => {
      checkScalar(name, 'step', step, 'u32');
      checkSeed(name, seed);
      return [valueType(shape, dtype)];
    },
    lower: ({ inputs: [step], outputs: [y], attributes: { seed, purpose } }) => [
      {
        kernel: 'random/draw',
        constants: { DISTRIBUTION: DISTRIBUTIONS[name] },
        uniforms: {
          rows: y.rows,
          vectors: y.vectors,
          channels: y.type.shape.at(-1) ?? 1,
          seed,
          purpose: purposeKey(purpose),
          ...viewUniforms('y', y),
        },
        bindings: { step: step.operand, y: y.operand },
        grid: gridOf(y.rows * y.vectors),
      },
    ],
    reference: ([step], { shape, seed, purpose }) => {
      const type = valueType(shape, dtype);
      const channels = shape.at(-1) ?? 1;
      const vectors = vectorsPerRow(type);
      const y = new Float64Array(logicalSize(type));
      for (let i = 0; i < y.length; i++) {
        const channel = i % channels;
        const vector = Math.floor(i / channels) * vectors + Math.floor(channel / 4);
        y[i] = convert(philox4x32([vector, step.data[0], 0, 0], [seed, purposeKey(purpose)]))[channel % 4];
      }
      return [y];
    },
    cost: (_, [y]) => ({ multiplyAdds: 0, bytes: physicalSize(y) * 4 }),
    reductionLength: () => 1,
    samples: [
      {
        name: 'odd sizes',
        inputs: [{ shape: [], dtype: 'u32', fill: { integersBelow: 1000 } }],
        attributes: { shape: [3, 5, 7], seed: 5, purpose: 'noise' },
      },
      {
        name: 'a vector',
        inputs: [{ shape: [], dtype: 'u32', fill: { integersBelow: 2 ** 32 } }],
        attributes: { shape: [70], seed: 0xffffffff, purpose: 'other noise' },
      },
    ],
  };
}

export const randomWordsOperation = randomOperation('randomWords', 'u32', (words) => words);

export const randomUniformOperation = randomOperation('randomUniform', 'f32', (words) => words.map(unitInterval));

export const randomNormalOperation = randomOperation('randomNormal', 'f32', (words) => {
  const [u0, u1, u2, u3] = words.map(unitInterval);
  const pair = (u: number, v: number) => {
    const radius = Math.sqrt(-2 * Math.log(1 - u));
    return [radius * Math.cos(2 * Math.PI * v), radius * Math.sin(2 * Math.PI * v)];
  };
  return [...pair(u0, u1), ...pair(u2, u3)];
});
