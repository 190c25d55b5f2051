import { AttributeError, ShapeError } from '../errors.js';
import type { Value } from '../graph/graph.js';
import { channelsOf, logicalSize, valueType } from '../graph/types.js';
import type { Variable } from '../graph/variables.js';
import { checkEpsilon, checkNormTypes, referenceNormalised, referenceStatistics } from './batchNormCalls.js';
import type { Affine } from './batchNormTraining.js';
import { gridOf, trafficOnly, viewUniforms } from './kernelCall.js';
import {
  affineByName,
  checkTerms,
  checkTermWeights,
  type MixedAttributes,
  partsOf,
  TERM_WIDTH,
  termLoop,
  termViews,
} from './mixedSumCalls.js';
import { mixedSumGradients } from './mixedSumGradients.js';
import { updateMixedStatistics } from './mixedSumStatistics.js';
import type { KernelCall, KernelTarget, Located, Lowering, Operand, Operation } from './operation.js';
import { chunksOf } from './reduceCalls.js';
import { take } from './take.js';
import { weightedSum } from './weightedSum.js';
import { checkWeights } from './weightedSumGradients.js';

/** One value of a mixed sum. */
export interface MixedTerm {
  /** [..., C], the same shape for all terms. */
  readonly x: Value;
  /** Element of the weights, row-major, that multiplies it: edge * operations + operation. */
  readonly index: number;
  /** Normalise x first by the statistics of the batch. */
  readonly norm?: MixedNorm;
}

/** Batch norm of a term by the batch's own statistics. */
export interface MixedNorm {
  /** Factor and offset of every channel; in all normalised terms of a sum, or in none. */
  readonly affine?: Affine;
  /** Running mean and variance, [C] each, that are moved towards the batch's. */
  readonly running?: { readonly mean: Variable; readonly variance: Variable };
  /** Weight of the batch in the running statistics; 0.1 where absent. */
  readonly momentum?: number;
  /** Added to the variance, the same in all terms of a sum; 1e-5 where absent. */
  readonly epsilon?: number;
}

/** Terms with gamma and beta that one dispatch of the merging kernel holds. */
const AFFINE_WIDTH = 2;

/**
 * sum over terms of weights[index] * N(x), where N is batch norm by the batch's own statistics (Ioffe and Szegedy 2015,
 * algorithm 1) or nothing: a node of a relaxed cell over all its edges and candidates (Liu et al. 2019, DARTS, eq. 2), in one
 * pass over the raw candidates. The same as `weightedSum` of `batchNorm` in mode training.
 * @param weights a row [K] or a matrix [edges, operations]
 * @throws ShapeError, AttributeError
 */
export function mixedSum(terms: readonly MixedTerm[], weights: Value): Value {
  if (terms.length === 0) throw new ShapeError('mixedSum: got no terms, wanted at least one');
  const indices = terms.map(({ index }) => index);
  checkWeights('mixedSum', weights.type, terms.length, indices);
  const norms = terms.flatMap(({ x, norm }) => (norm ? [{ x, norm }] : []));
  if (norms.length === 0)
    return weightedSum(
      terms.map(({ x }) => x),
      weights,
      indices,
    );
  const affine = norms.flatMap(({ norm }) => (norm.affine ? [norm.affine.gamma, norm.affine.beta] : []));
  if (affine.length > 0 && affine.length < 2 * norms.length)
    throw new AttributeError(
      `mixedSum: ${affine.length / 2} of ${norms.length} normalised terms have gamma and beta, wanted all or none`,
    );
  const epsilons = new Set(norms.map(({ norm: { epsilon = 1e-5 } }) => epsilon));
  if (epsilons.size > 1)
    throw new AttributeError(`mixedSum: epsilons ${[...epsilons].join(', ')}, wanted one for all normalised terms`);
  const [epsilon] = epsilons;
  const ordered = [...terms.filter(({ norm }) => norm), ...terms.filter(({ norm }) => !norm)];
  const row = take(
    weights,
    ordered.map(({ index }) => index),
  );
  const inputs = [...ordered.map(({ x }) => x), row, ...affine];
  const [y, statistics] = weights.graph.apply(mixedSumOperation, inputs, {
    normalised: norms.length,
    terms: terms.length,
    epsilon,
  });
  norms.forEach(({ x, norm: { running, momentum } }, term) => {
    const count = logicalSize(x.type) / channelsOf(x.type);
    if (running) updateMixedStatistics(running, statistics, { term, momentum, count });
  });
  return y;
}

interface MixedSumAttributes extends MixedAttributes {
  readonly terms: number;
}

/**
 * Inputs: the terms, normalised ones first; their weights [terms]; gamma and beta [C] of every normalised term in turn, or
 * none. Outputs: the sum, and [2 * normalised, C]: the batch's means of the normalised terms, then their biased variances.
 */
export const mixedSumOperation: Operation<MixedSumAttributes> = {
  name: 'mixedSum',
  infer: (types, attributes) => {
    const { normalised, terms } = attributes;
    const [x] = types;
    const affine = types.slice(terms + 1);
    checkTerms('mixedSum', types.slice(0, terms), normalised);
    checkTermWeights('mixedSum', types[terms], terms);
    checkNormTypes('mixedSum', x, affineByName(affine));
    checkEpsilon('mixedSum', attributes);
    if (normalised < 1 || (affine.length !== 0 && affine.length !== 2 * normalised))
      throw new AttributeError(
        `mixedSum: got ${affine.length} gammas and betas for ${normalised} normalised terms, wanted two for each or none, and at least one term`,
      );
    return [x, valueType([2 * normalised, channelsOf(x)])];
  },
  lower: (lowering) => {
    const { inputs, outputs, attributes, scratch, target } = lowering;
    const { terms } = attributes;
    const values = inputs.slice(0, terms);
    const factors = scratch(terms * 3 * values[0].vectors * 4);
    return [...factorCalls(lowering, factors), ...sumCalls(values, factors, outputs[0], target)];
  },
  gradient: (context) => mixedSumGradients(context),
  reference: (tensors, { normalised, terms, epsilon }) => {
    const weights = tensors[terms].data;
    const affine = tensors.slice(terms + 1);
    const channels = tensors[0].shape[tensors[0].shape.length - 1];
    const y = new Float64Array(tensors[0].data.length);
    const means: number[] = [];
    const variances: number[] = [];
    tensors.slice(0, terms).forEach((x, t) => {
      let values = x.data;
      if (t < normalised) {
        const { mean, variance } = referenceStatistics(x);
        means.push(...mean);
        variances.push(...variance);
        values = referenceNormalised(x, mean, variance, epsilon);
      }
      const gamma = t < normalised ? affine[2 * t] : undefined;
      const beta = t < normalised ? affine[2 * t + 1] : undefined;
      values.forEach((value, i) => {
        y[i] += weights[t] * (value * (gamma?.data[i % channels] ?? 1) + (beta?.data[i % channels] ?? 0));
      });
    });
    return [y, Float64Array.from([...means, ...variances])];
  },
  cost: trafficOnly,
  sumLength: ([x], { terms }) => logicalSize(x) / channelsOf(x) + terms,
  samples: [
    sample('two edges of a cell', { shape: [3, 5, 7, 6], normalised: 4, terms: 7, affine: false }),
    sample('two edges of a cell, affine', { shape: [3, 5, 7, 6], normalised: 4, terms: 7, affine: true }),
    sample('normalised only', { shape: [2, 3, 3, 5], normalised: 3, terms: 3, affine: false }),
    sample('one normalised term', { shape: [9, 13], normalised: 1, terms: 1, affine: true }),
    sample('many rows', { shape: [1031, 5], normalised: 2, terms: 4, affine: false }),
    sample('more than one dispatch takes', { shape: [4, 11, 5], normalised: 8, terms: 14, affine: false }),
    sample('no epsilon', { shape: [40, 5], normalised: 2, terms: 3, affine: false, epsilon: 0 }),
    sample('five affine terms', { shape: [40, 7], normalised: 5, terms: 6, affine: true }),
  ],
};

function sample(
  name: string,
  sizes: { shape: readonly number[]; normalised: number; terms: number; affine: boolean; epsilon?: number },
): Operation<MixedSumAttributes>['samples'][number] {
  const { shape, normalised, terms, affine, epsilon = 1e-5 } = sizes;
  const channels = shape[shape.length - 1];
  return {
    name,
    inputs: [
      ...Array.from({ length: terms }, () => ({ shape })),
      { shape: [terms] },
      ...Array.from({ length: affine ? 2 * normalised : 0 }, () => ({ shape: [channels] })),
    ],
    attributes: { normalised, terms, epsilon },
  };
}

/** Statistics of the normalised terms, and the factors of all. */
function factorCalls(lowering: Lowering<MixedSumAttributes>, factors: Operand): KernelCall[] {
  const { inputs, outputs, attributes, scratch } = lowering;
  const { normalised, terms, epsilon } = attributes;
  const [{ rows, vectors, type }] = inputs;
  const weights = inputs[terms];
  const affine = inputs.slice(terms + 1);
  const statistics = outputs[1];
  const chunks = chunksOf(rows, vectors);
  const partial = scratch(normalised * chunks * 2 * vectors * 4);
  const calls = partsOf(normalised, TERM_WIDTH).map(({ start, count }): KernelCall => {
    const { uniforms, bindings } = termViews(inputs.slice(start, start + count));
    return {
      kernel: 'mixed/statistics',
      constants: { COUNT: count },
      uniforms: { rows, chunks, vectors, firstTerm: start, terms: count, ...uniforms },
      bindings: { ...bindings, partial },
      grid: gridOf(chunks * vectors),
    };
  });
  // Gammas and betas of two terms find room in a dispatch; the terms that need none go with the last.
  const step = affine.length > 0 ? AFFINE_WIDTH : normalised;
  for (let start = 0; start < normalised; start += step) {
    const end = start + step < normalised ? start + step : terms;
    const uniforms: Record<string, number> = {};
    const bindings: Record<string, Operand> = {};
    for (let i = 0; i < AFFINE_WIDTH; i++)
      ['gamma', 'beta'].forEach((name, j) => {
        const value: Located | undefined = affine[2 * (start + i) + j];
        uniforms[`${name}${i}Offset`] = value?.offset ?? 0;
        bindings[`${name}${i}`] = (value ?? weights).operand;
      });
    calls.push({
      kernel: 'mixed/factors',
      constants: { AFFINE: affine.length > 0 },
      uniforms: {
        rows,
        chunks,
        vectors,
        channels: channelsOf(type),
        normalised,
        firstTerm: start,
        terms: end - start,
        wOffset: weights.offset,
        ...uniforms,
        ...viewUniforms('statistics', statistics),
        epsilon,
      },
      bindings: { partial, w: weights.operand, ...bindings, statistics: statistics.operand, factors },
      grid: gridOf((end - start) * vectors),
    });
  }
  return calls;
}

/** The passes over the terms. */
function sumCalls(values: readonly Located[], factors: Operand, y: Located, target: KernelTarget): KernelCall[] {
  const loop = termLoop(y.rows, y.vectors, target);
  return partsOf(values.length, TERM_WIDTH).map(({ start, count }) => {
    const { uniforms, bindings } = termViews(values.slice(start, start + count));
    return {
      kernel: 'mixed/sum',
      constants: { COUNT: count, ACCUMULATE: start > 0 },
      uniforms: {
        ...loop.uniforms,
        firstTerm: start,
        lastTerm: start + count - 1,
        ...uniforms,
        ...viewUniforms('y', y),
      },
      bindings: { ...bindings, factors, y: y.operand },
      grid: loop.grid,
    };
  });
}
