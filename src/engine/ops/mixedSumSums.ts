import { channelsOf, logicalSize, valueType } from '../graph/types.js';
import { checkEpsilon, referenceNormalised, referenceSums } from './batchNormCalls.js';
import { gridOf, trafficOnly, viewUniforms } from './kernelCall.js';
import {
  checkChannelRows,
  checkTerms,
  type MixedAttributes,
  partsOf,
  referenceRow,
  TERM_WIDTH,
  termViews,
} from './mixedSumCalls.js';
import type { KernelCall, Operation } from './operation.js';
import { chunksOf } from './reduceCalls.js';

/**
 * The sums over the batch that all gradients of a mixed sum are made of. Inputs: dy, the statistics of the normalised terms
 * [2 * normalised, C], the terms, normalised ones first. Output: [1 + terms, C]: sum(dy); then of every normalised term
 * sum(dy * xhat), xhat = (x - mean) / sqrt(variance + epsilon), of any other sum(dy * x).
 */
export const mixedSumSumsOperation: Operation<MixedAttributes> = {
  name: 'mixedSumSums',
  infer: ([dy, statistics, ...terms], attributes) => {
    const { normalised } = attributes;
    checkTerms('mixedSumSums', terms, normalised);
    checkTerms('mixedSumSums', [terms[0], dy], 0);
    checkChannelRows('mixedSumSums', 'statistics', statistics, 2 * normalised, dy);
    checkEpsilon('mixedSumSums', attributes);
    return [valueType([1 + terms.length, channelsOf(dy)])];
  },
  lower: ({ inputs: [dy, statistics, ...terms], outputs: [sums], attributes, scratch }) => {
    const { normalised, epsilon } = attributes;
    const { rows, vectors } = dy;
    const chunks = chunksOf(rows, vectors);
    const partial = scratch((1 + 2 * terms.length) * chunks * vectors * 4);
    const calls = partsOf(terms.length, TERM_WIDTH).map(({ start, count }): KernelCall => {
      const { uniforms, bindings } = termViews(terms.slice(start, start + count));
      return {
        kernel: 'mixed/gradientSums',
        constants: { COUNT: count },
        uniforms: { rows, chunks, vectors, firstTerm: start, terms: count, ...viewUniforms('dy', dy), ...uniforms },
        bindings: { dy: dy.operand, ...bindings, partial },
        grid: gridOf(chunks * vectors),
      };
    });
    calls.push({
      kernel: 'mixed/mergeGradientSums',
      uniforms: {
        chunks,
        vectors,
        channels: channelsOf(dy.type),
        terms: terms.length,
        normalised,
        ...viewUniforms('statistics', statistics),
        ...viewUniforms('sums', sums),
        epsilon,
      },
      bindings: { partial, statistics: statistics.operand, sums: sums.operand },
      grid: gridOf((1 + terms.length) * vectors),
    });
    return calls;
  },
  reference: ([dy, statistics, ...terms], { normalised, epsilon }) => {
    const channels = statistics.shape[1];
    const rows = [referenceSums(dy.data, channels)];
    terms.forEach((x, t) => {
      const values =
        t < normalised
          ? referenceNormalised(x, referenceRow(statistics, t), referenceRow(statistics, normalised + t), epsilon)
          : x.data;
      rows.push(
        referenceSums(
          dy.data.map((value, i) => value * values[i]),
          channels,
        ),
      );
    });
    return [Float64Array.from(rows.flatMap((row) => [...row]))];
  },
  cost: trafficOnly,
  sumLength: ([dy]) => logicalSize(dy) / channelsOf(dy),
  samples: [
    sample('two edges of a cell', { shape: [3, 5, 7, 6], normalised: 4, terms: 7 }),
    sample('normalised only', { shape: [9, 13], normalised: 1, terms: 1 }),
    sample('five terms, no epsilon', { shape: [40, 5], normalised: 3, terms: 5, epsilon: 0 }),
    sample('many rows, more than one dispatch takes', { shape: [1031, 7], normalised: 5, terms: 14 }),
  ],
};

function sample(
  name: string,
  sizes: { shape: readonly number[]; normalised: number; terms: number; epsilon?: number },
): Operation<MixedAttributes>['samples'][number] {
  const { shape, normalised, terms, epsilon = 1e-5 } = sizes;
  return {
    name,
    inputs: [
      { shape },
      { shape: [2 * normalised, shape[shape.length - 1]], fill: 'positive' },
      ...Array.from({ length: terms }, () => ({ shape })),
    ],
    attributes: { normalised, epsilon },
  };
}
