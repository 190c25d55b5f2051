import { AttributeError } from '../errors.js';
import { channelsOf, type ValueType } from '../graph/types.js';
import { checkEpsilon, checkNormTypes, referenceNormalised } from './batchNormCalls.js';
import { checkRank, gridOf, trafficOnly, viewUniforms } from './kernelCall.js';
import {
  checkChannelRows,
  checkTerms,
  type MixedAttributes,
  partsOf,
  referenceRow,
  termLoop,
} from './mixedSumCalls.js';
import type { KernelCall, Located, Lowering, Operand, Operation } from './operation.js';

/** Terms whose gradients one dispatch writes. */
const GRADIENT_WIDTH = 2;
/** Gammas that one dispatch of the kernel of factors holds. */
const GAMMA_WIDTH = 3;

interface InputGradientAttributes extends MixedAttributes {
  /** Normalised terms whose gradients are wanted. */
  readonly terms: readonly number[];
  readonly affine: boolean;
}

interface Values<T> {
  readonly dy: T;
  readonly statistics: T;
  readonly sums: T;
  readonly weights: T;
  readonly values: readonly T[];
  readonly gammas: readonly T[];
  readonly dstatistics: T | undefined;
}

function valuesOf<T>(inputs: readonly T[], { normalised, terms, affine }: InputGradientAttributes): Values<T> {
  const [dy, statistics, sums, weights, ...rest] = inputs;
  const count = terms.length;
  const end = count + (affine ? normalised : 0);
  return {
    dy,
    statistics,
    sums,
    weights,
    values: rest.slice(0, count),
    gammas: rest.slice(count, end),
    dstatistics: rest[end],
  };
}

/**
 * Gradients of the normalised terms of a mixed sum (Ioffe and Szegedy 2015, section 3). Inputs: dy; statistics [2 *
 * normalised, C]; sums [1 + terms, C]; weights [terms]; the terms wanted; gamma [C] of every normalised term if affine;
 * the gradient of the statistics, if any flows. Outputs: dx of the terms wanted.
 */
export const mixedSumInputGradientsOperation: Operation<InputGradientAttributes> = {
  name: 'mixedSumInputGradients',
  infer: (types, attributes) => {
    const name = 'mixedSumInputGradients';
    const { normalised, terms } = attributes;
    const { dy, statistics, sums, weights, values, gammas, dstatistics } = valuesOf<ValueType>(types, attributes);
    checkTerms(name, [dy, ...values], 0);
    checkChannelRows(name, 'statistics', statistics, 2 * normalised, dy);
    checkRank(name, 'sums', sums, 2);
    checkChannelRows(name, 'sums', sums, sums.shape[0], dy);
    checkRank(name, 'weights', weights, 1);
    checkNormTypes(name, dy, Object.fromEntries(gammas.map((gamma, i) => [`gamma ${i}`, gamma])));
    if (dstatistics) checkChannelRows(name, 'the gradient of statistics', dstatistics, 2 * normalised, dy);
    checkEpsilon(name, attributes);
    checkIndices(name, terms, Math.min(normalised, weights.shape[0], sums.shape[0] - 1));
    return [...values];
  },
  lower: (lowering) => {
    const { outputs, attributes, scratch, target } = lowering;
    const { dy, values } = valuesOf<Located>(lowering.inputs, attributes);
    const { rows, vectors } = dy;
    const factors = scratch(attributes.normalised * 4 * vectors * 4);
    const loop = termLoop(rows, vectors, target);
    const calls = partsOf(values.length, GRADIENT_WIDTH).map(({ start, count }): KernelCall => {
      const uniforms: Record<string, number> = {};
      const bindings: Record<string, Operand> = {};
      for (let i = 0; i < GRADIENT_WIDTH; i++) {
        const used = i < count;
        const x = values[used ? start + i : start];
        const dx = outputs[used ? start + i : start];
        Object.assign(uniforms, viewUniforms(`x${i}`, x), viewUniforms(`dx${i}`, dx));
        uniforms[`term${i}`] = attributes.terms[used ? start + i : start];
        bindings[`x${i}`] = x.operand;
        bindings[`dx${i}`] = used ? dx.operand : scratch(4);
      }
      return {
        kernel: 'mixed/inputGradients',
        constants: { COUNT: count },
        uniforms: { ...loop.uniforms, ...viewUniforms('dy', dy), ...uniforms },
        bindings: { dy: dy.operand, ...bindings, factors },
        grid: loop.grid,
      };
    });
    return [...gradientFactorCalls(lowering, factors), ...calls];
  },
  reference: (tensors, attributes) => {
    const { normalised, terms, epsilon } = attributes;
    const { dy, statistics, sums, weights, values, gammas, dstatistics } = valuesOf(tensors, attributes);
    const channels = statistics.shape[1];
    const rows = dy.data.length / channels;
    return values.map((x, i) => {
      const t = terms[i];
      const mean = referenceRow(statistics, t);
      const variance = referenceRow(statistics, normalised + t);
      const xhat = referenceNormalised(x, mean, variance, epsilon);
      const sum = referenceRow(sums, 0);
      const products = referenceRow(sums, 1 + t);
      return dy.data.map((value, j) => {
        const c = j % channels;
        const scale = (weights.data[t] * (gammas[t]?.data[c] ?? 1)) / Math.sqrt(variance[c] + epsilon);
        const dmean = dstatistics ? referenceRow(dstatistics, t)[c] : 0;
        const dvariance = dstatistics ? referenceRow(dstatistics, normalised + t)[c] : 0;
        const throughStatistics = (dmean + 2 * dvariance * (x.data[j] - mean[c])) / rows;
        return scale * (value - sum[c] / rows - (xhat[j] * products[c]) / rows) + throughStatistics;
      });
    });
  },
  cost: trafficOnly,
  sumLength: () => 8,
  samples: [
    sample('two edges of a cell', { shape: [3, 5, 7, 6], terms: [0, 1, 2, 3], normalised: 4, affine: false }),
    sample('affine', { shape: [3, 5, 7, 6], terms: [0, 1, 2, 3], normalised: 4, affine: true }),
    sample('some of the terms, no epsilon', {
      shape: [40, 5],
      terms: [1, 2, 4, 5, 6],
      normalised: 7,
      affine: false,
      epsilon: 0,
    }),
    sample('one term', { shape: [9, 13], terms: [0], normalised: 1, affine: true }),
    sample('with gradients of the statistics', {
      shape: [3, 5, 6],
      terms: [1, 2],
      normalised: 3,
      affine: true,
      statistics: true,
    }),
    sample('not affine, with gradients of the statistics', {
      shape: [3, 5, 6],
      terms: [0, 1, 2],
      normalised: 3,
      affine: false,
      statistics: true,
    }),
  ],
};

function sample(
  name: string,
  sizes: {
    shape: readonly number[];
    terms: readonly number[];
    normalised: number;
    affine: boolean;
    statistics?: boolean;
    epsilon?: number;
  },
): Operation<InputGradientAttributes>['samples'][number] {
  const { shape, terms, normalised, affine, statistics, epsilon = 1e-5 } = sizes;
  const channels = shape[shape.length - 1];
  return {
    name,
    inputs: [
      { shape },
      { shape: [2 * normalised, channels], fill: 'positive' },
      { shape: [normalised + 2, channels] },
      { shape: [normalised + 1] },
      ...terms.map(() => ({ shape })),
      ...Array.from({ length: affine ? normalised : 0 }, () => ({ shape: [channels] })),
      ...(statistics ? [{ shape: [2 * normalised, channels] }] : []),
    ],
    attributes: { normalised, terms, affine, epsilon },
  };
}

function checkIndices(name: string, terms: readonly number[], count: number): void {
  for (const term of terms)
    if (!Number.isInteger(term) || term < 0 || term >= count)
      throw new AttributeError(`${name}: term ${term}, wanted one of the ${count} there are`);
}

/** Factors of all normalised terms. */
function gradientFactorCalls(lowering: Lowering<InputGradientAttributes>, factors: Operand): KernelCall[] {
  const { attributes } = lowering;
  const { normalised, affine, epsilon } = attributes;
  const { dy, statistics, sums, weights, gammas, dstatistics } = valuesOf<Located>(lowering.inputs, attributes);
  const { rows, vectors } = dy;
  return partsOf(normalised, affine ? GAMMA_WIDTH : normalised).map(({ start, count }) => {
    const uniforms: Record<string, number> = {};
    const bindings: Record<string, Operand> = {};
    for (let i = 0; i < GAMMA_WIDTH; i++) {
      const gamma: Located | undefined = i < count ? gammas[start + i] : undefined;
      uniforms[`gamma${i}Offset`] = gamma?.offset ?? 0;
      bindings[`gamma${i}`] = (gamma ?? sums).operand;
    }
    return {
      kernel: 'mixed/gradientFactors',
      constants: { AFFINE: affine, STATISTICS: dstatistics !== undefined },
      uniforms: {
        rows,
        vectors,
        channels: channelsOf(dy.type),
        normalised,
        firstTerm: start,
        terms: count,
        ...viewUniforms('sums', sums),
        ...viewUniforms('statistics', statistics),
        ...viewUniforms('dstatistics', dstatistics ?? statistics),
        wOffset: weights.offset,
        ...uniforms,
        epsilon,
      },
      bindings: {
        sums: sums.operand,
        statistics: statistics.operand,
        dstatistics: (dstatistics ?? statistics).operand,
        w: weights.operand,
        ...bindings,
        factors,
      },
      grid: gridOf(count * vectors),
    };
  });
}
