import { AttributeError } from '../errors.js';
import { channelsOf, roundUp, type ValueType, valueType } from '../graph/types.js';
import { checkNormTypes, referenceSums } from './batchNormCalls.js';
import { checkRank, gridOf, trafficOnly, viewUniforms } from './kernelCall.js';
import { affineByName, checkChannelRows, partsOf, referenceRow } from './mixedSumCalls.js';
import type { KernelCall, Located, Operand, Operation } from './operation.js';

/** Terms whose gammas and betas, or gradients of these, one dispatch holds. */
const AFFINE_WIDTH = 3;

interface WeightGradientAttributes {
  readonly normalised: number;
  readonly terms: number;
}

/**
 * d(weights) of a mixed sum. Inputs: sums [1 + terms, C] as of `mixedSumSums`; gamma and beta [C] of every normalised term
 * in turn, or none. Output [terms]: of a normalised term the sum over channels of gamma * sum(dy * xhat) + beta * sum(dy), of
 * any other that of sum(dy * x).
 */
export const mixedSumWeightGradientOperation: Operation<WeightGradientAttributes> = {
  name: 'mixedSumWeightGradient',
  infer: ([sums, ...affine], { normalised, terms }) => {
    checkRank('mixedSumWeightGradient', 'sums', sums, 2);
    checkChannelRows('mixedSumWeightGradient', 'sums', sums, 1 + terms, sums);
    checkNormTypes('mixedSumWeightGradient', sums, affineByName(affine));
    if (affine.length !== 0 && affine.length !== 2 * normalised)
      throw new AttributeError(
        `mixedSumWeightGradient: got ${affine.length} gammas and betas for ${normalised} normalised terms, wanted two for each or none`,
      );
    return [valueType([terms])];
  },
  lower: ({ inputs: [sums, ...affine], outputs: [dw], attributes: { normalised, terms } }) => {
    const step = affine.length > 0 ? AFFINE_WIDTH : Math.max(1, normalised);
    const calls: KernelCall[] = [];
    // Terms without gamma, and padding, go with the last dispatch.
    for (let start = 0; start === 0 || start < normalised; start += step) {
      const end = start + step < normalised ? start + step : roundUp(terms, 4);
      const uniforms: Record<string, number> = {};
      const bindings: Record<string, Operand> = {};
      for (let i = 0; i < AFFINE_WIDTH; i++)
        ['gamma', 'beta'].forEach((name, j) => {
          const value: Located | undefined = affine[2 * (start + i) + j];
          uniforms[`${name}${i}Offset`] = value?.offset ?? 0;
          bindings[`${name}${i}`] = (value ?? sums).operand;
        });
      calls.push({
        kernel: 'mixed/weightGradients',
        constants: { AFFINE: affine.length > 0 },
        uniforms: {
          vectors: sums.vectors,
          normalised,
          firstTerm: start,
          terms: end - start,
          lastTerm: terms - 1,
          ...viewUniforms('sums', sums),
          ...uniforms,
          dwOffset: dw.offset,
        },
        bindings: { sums: sums.operand, ...bindings, dw: dw.operand },
        grid: gridOf(end - start),
      });
    }
    return calls;
  },
  reference: ([sums, ...affine], { normalised, terms }) => {
    const sum = referenceRow(sums, 0);
    return [
      Float64Array.from({ length: terms }, (_, t) => {
        const gamma = t < normalised ? affine[2 * t] : undefined;
        const beta = t < normalised ? affine[2 * t + 1] : undefined;
        const products = referenceRow(sums, 1 + t);
        return referenceSums(
          products.map((value, c) => (gamma?.data[c] ?? 1) * value + (beta?.data[c] ?? 0) * sum[c]),
          1,
        )[0];
      }),
    ];
  },
  cost: trafficOnly,
  sumLength: ([sums]) => 2 * channelsOf(sums),
  samples: [
    { name: 'not affine', inputs: [{ shape: [8, 6] }], attributes: { normalised: 4, terms: 7 } },
    {
      name: 'affine',
      inputs: [{ shape: [8, 6] }, ...Array.from({ length: 8 }, () => ({ shape: [6] }))],
      attributes: { normalised: 4, terms: 7 },
    },
    {
      name: 'affine terms only',
      inputs: [{ shape: [4, 13] }, ...Array.from({ length: 6 }, () => ({ shape: [13] }))],
      attributes: { normalised: 3, terms: 3 },
    },
  ],
};

/**
 * Gradients of gamma and beta of the normalised terms of a mixed sum. Inputs: sums [1 + terms, C]; weights [terms].
 * Outputs [C]: dgamma = weight * sum(dy * xhat) and dbeta = weight * sum(dy) of every normalised term in turn.
 */
export const mixedSumAffineGradientsOperation: Operation<{ readonly normalised: number }> = {
  name: 'mixedSumAffineGradients',
  infer: ([sums, weights], { normalised }) => {
    checkRank('mixedSumAffineGradients', 'sums', sums, 2);
    checkRank('mixedSumAffineGradients', 'weights', weights, 1);
    if (!(normalised <= weights.shape[0] && normalised < sums.shape[0]))
      throw new AttributeError(
        `mixedSumAffineGradients: ${normalised} normalised terms, wanted at most the ${weights.shape[0]} weights`,
      );
    return Array.from({ length: 2 * normalised }, (): ValueType => valueType([channelsOf(sums)]));
  },
  lower: ({ inputs: [sums, weights], outputs, attributes: { normalised }, scratch }) =>
    partsOf(normalised, AFFINE_WIDTH).map(({ start, count }): KernelCall => {
      const uniforms: Record<string, number> = {};
      const bindings: Record<string, Operand> = {};
      for (let i = 0; i < AFFINE_WIDTH; i++)
        ['dgamma', 'dbeta'].forEach((name, j) => {
          const gradient = i < count ? outputs[2 * (start + i) + j] : undefined;
          uniforms[`${name}${i}Offset`] = gradient?.offset ?? 0;
          bindings[`${name}${i}`] = gradient?.operand ?? scratch(4);
        });
      return {
        kernel: 'mixed/affineGradients',
        constants: { COUNT: count },
        uniforms: {
          vectors: sums.vectors,
          firstTerm: start,
          ...viewUniforms('sums', sums),
          wOffset: weights.offset,
          ...uniforms,
        },
        bindings: { sums: sums.operand, w: weights.operand, ...bindings },
        grid: gridOf(sums.vectors),
      };
    }),
  reference: ([sums, weights], { normalised }) =>
    Array.from({ length: normalised }, (_, t) => [
      referenceRow(sums, 1 + t).map((value) => weights.data[t] * value),
      referenceRow(sums, 0).map((value) => weights.data[t] * value),
    ]).flat(),
  cost: trafficOnly,
  sumLength: () => 1,
  samples: [
    { name: 'two terms', inputs: [{ shape: [4, 6] }, { shape: [3] }], attributes: { normalised: 2 } },
    {
      name: 'more than one dispatch holds',
      inputs: [{ shape: [8, 13] }, { shape: [7] }],
      attributes: { normalised: 7 },
    },
    { name: 'one term', inputs: [{ shape: [3, 5] }, { shape: [2] }], attributes: { normalised: 1 } },
  ],
};
