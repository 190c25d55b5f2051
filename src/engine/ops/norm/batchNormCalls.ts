import { AttributeError, ShapeError } from '../../errors/errors.js';
import type { KernelTarget } from '../../graph/kernelTarget.js';
import type { KernelCall, Lowering, Operand, ReferenceTensor, TensorView } from '../../graph/operation.js';
import { channelsOf, formatType, sameShape, type ValueType } from '../../graph/types.js';
import { checkFloat, checkRange } from '../record/checks.js';
import { gridOf, viewUniforms } from '../record/kernelCall.js';
import { chunksOf } from '../record/reduceCalls.js';
import { rowLoop } from '../record/rowLoop.js';

export interface EpsilonAttribute {
  /** Added to the variance. */
  readonly epsilon: number;
}

export interface NormAttributes extends EpsilonAttribute {
  /** Apply a ReLU to the result. */
  readonly relu: boolean;
}

/** Scale and shift per channel, as views. */
export interface AffineViews {
  readonly gamma: TensorView;
  readonly beta: TensorView;
}

/** Checks x, f32 [..., C] in layout rows, and values per channel, f32 [C], by argument. @throws {DTypeError | ShapeError} */
export function checkNormTypes(name: string, x: ValueType, perChannel: Readonly<Record<string, ValueType>>): void {
  checkFloat(name, 'x', x);
  if (x.shape.length < 2 || x.layout !== 'rows')
    throw new ShapeError(`${name}: x is ${formatType(x)} (${x.layout}), wanted rank 2 or more (rows)`);
  for (const [argument, type] of Object.entries(perChannel)) {
    checkFloat(name, argument, type);
    if (!sameShape(type.shape, [channelsOf(x)]))
      throw new ShapeError(
        `${name}: ${argument} is ${formatType(type)}, wanted [${channelsOf(x)}]: x is ${formatType(x)}`,
      );
  }
}

/** @throws {AttributeError} when epsilon is negative */
export function checkEpsilon(name: string, { epsilon }: EpsilonAttribute): void {
  checkRange(name, 'epsilon', epsilon, 0);
}

/** Gamma and beta by name, from the optional last inputs. @throws {AttributeError} when there is only one of them */
export function affineTypes(name: string, types: readonly ValueType[]): Record<string, ValueType> {
  if (types.length === 0) return {};
  if (types.length !== 2) throw new AttributeError(`${name}: got gamma alone, wanted gamma and beta, or neither`);
  return { gamma: types[0], beta: types[1] };
}

/** Types of the values per channel of a gradient operation by name, without the absent ones. */
export function gradientTypes(
  mean: ValueType,
  variance: ValueType,
  gamma: ValueType | undefined,
  beta: ValueType | undefined,
): Record<string, ValueType> {
  return { mean, variance, ...(gamma && { gamma }), ...(beta && { beta }) };
}

/** Kernel calls for batch mean, biased variance and the factors of `normaliseCall`: two dispatches. */
export function statisticsCalls(
  x: TensorView,
  mean: TensorView,
  variance: TensorView,
  affine: AffineViews | undefined,
  epsilon: number,
  scratch: (elements: number) => Operand,
): { calls: KernelCall[]; factors: Operand } {
  const { rows, vectors } = x;
  const chunks = chunksOf(rows, vectors);
  const partial = scratch(chunks * 2 * vectors * 4);
  const first: KernelCall = {
    kernel: 'norm/statistics',
    uniforms: { rows, chunks, vectors, ...viewUniforms('x', x) },
    bindings: { x: x.operand, partial },
    grid: gridOf(chunks * vectors),
  };
  const merge = mergeStatisticsCall({ partial, rows, chunks }, mean, variance, affine, epsilon, scratch);
  return { calls: [first, merge.call], factors: merge.factors };
}

/**
 * Kernel call of the second stage: merges the statistics of chunks of rows (Chan et al. 1983, Algorithms for computing the
 * sample variance).
 */
export function mergeStatisticsCall(
  { partial, rows, chunks }: { partial: Operand; rows: number; chunks: number },
  mean: TensorView,
  variance: TensorView,
  affine: AffineViews | undefined,
  epsilon: number,
  scratch: (elements: number) => Operand,
): { call: KernelCall; factors: Operand } {
  const { vectors } = mean;
  const factors = scratch(3 * vectors * 4);
  const call: KernelCall = {
    kernel: 'norm/mergeStatistics',
    uniforms: {
      rows,
      chunks,
      vectors,
      gammaOffset: affine?.gamma.offset ?? 0,
      betaOffset: affine?.beta.offset ?? 0,
      meanOffset: mean.offset,
      varianceOffset: variance.offset,
      epsilon,
      affine: affine ? 1 : 0,
    },
    bindings: {
      partial,
      gamma: affine?.gamma.operand ?? partial,
      beta: affine?.beta.operand ?? partial,
      mean: mean.operand,
      variance: variance.operand,
      factors,
    },
    grid: gridOf(vectors),
  };
  return { call, factors };
}

/** Kernel call for the factors of `normaliseCall` from given statistics. */
export function fixedFactorsCall(
  { mean, variance, gamma, beta }: { mean: TensorView; variance: TensorView; gamma?: TensorView; beta?: TensorView },
  epsilon: number,
  scratch: (elements: number) => Operand,
): { call: KernelCall; factors: Operand } {
  const { vectors } = mean;
  const factors = scratch(3 * vectors * 4);
  const call: KernelCall = {
    kernel: 'norm/fixedFactors',
    constants: { AFFINE: gamma !== undefined },
    uniforms: {
      vectors,
      meanOffset: mean.offset,
      varianceOffset: variance.offset,
      gammaOffset: gamma?.offset ?? 0,
      betaOffset: beta?.offset ?? 0,
      epsilon,
    },
    bindings: {
      mean: mean.operand,
      variance: variance.operand,
      gamma: (gamma ?? mean).operand,
      beta: (beta ?? mean).operand,
      factors,
    },
    grid: gridOf(vectors),
  };
  return { call, factors };
}

/** Kernel call for y = (x - mean) * scale + shift, followed by a ReLU where wanted. */
export function normaliseCall(
  x: TensorView,
  factors: Operand,
  y: TensorView,
  relu: boolean,
  target: KernelTarget,
): KernelCall {
  const { uniforms, grid } = rowLoop(y.rows, y.vectors, target);
  return {
    kernel: 'norm/normalise',
    constants: { RELU: relu },
    uniforms: { ...uniforms, ...viewUniforms('x', x), ...viewUniforms('y', y) },
    bindings: { x: x.operand, factors, y: y.operand },
    grid,
  };
}

/** Arguments of `normGradientCalls`. */
export interface NormGradientParts {
  readonly dy: TensorView;
  readonly x: TensorView;
  readonly mean: TensorView;
  readonly variance: TensorView;
  readonly gamma: TensorView | undefined;
  /** Given where there is a ReLU: its sign depends on beta. */
  readonly beta: TensorView | undefined;
  readonly dx: TensorView;
  /** Gradients of gamma and beta; absent where there are no gamma and beta. */
  readonly dgamma: TensorView | undefined;
  readonly dbeta: TensorView | undefined;
  readonly epsilon: number;
  readonly relu: boolean;
  /** The statistics are those of the batch, so that dx includes the gradient through them. */
  readonly training: boolean;
}

/** Kernel calls for the gradients of x, gamma and beta (Ioffe and Szegedy 2015, section 3): three dispatches. */
export function normGradientCalls(
  parts: NormGradientParts,
  { scratch, target }: Pick<Lowering<unknown>, 'scratch' | 'target'>,
): KernelCall[] {
  const { dy, x, mean, variance, gamma, beta, dx, dgamma, dbeta, epsilon, relu, training } = parts;
  const affine = gamma !== undefined;
  const { rows, vectors } = x;
  const chunks = chunksOf(rows, vectors);
  const partial = scratch(chunks * 2 * vectors * 4);
  const factors = scratch(4 * vectors * 4);
  const { uniforms, grid } = rowLoop(rows, vectors, target);
  return [
    {
      kernel: 'norm/gradientSums',
      constants: { RELU: relu, AFFINE: relu && affine },
      uniforms: {
        rows,
        chunks,
        vectors,
        ...viewUniforms('dy', dy),
        ...viewUniforms('x', x),
        meanOffset: mean.offset,
        varianceOffset: variance.offset,
        gammaOffset: gamma?.offset ?? 0,
        betaOffset: beta?.offset ?? 0,
        epsilon,
      },
      bindings: {
        dy: dy.operand,
        x: x.operand,
        mean: mean.operand,
        variance: variance.operand,
        gamma: (gamma ?? mean).operand,
        beta: (beta ?? mean).operand,
        partial,
      },
      grid: gridOf(chunks * vectors),
    },
    {
      kernel: 'norm/mergeGradientSums',
      constants: { TRAINING: training },
      uniforms: {
        rows,
        chunks,
        vectors,
        meanOffset: mean.offset,
        varianceOffset: variance.offset,
        gammaOffset: gamma?.offset ?? 0,
        dgammaOffset: dgamma?.offset ?? 0,
        dbetaOffset: dbeta?.offset ?? 0,
        epsilon,
        affine: affine ? 1 : 0,
      },
      bindings: {
        partial,
        mean: mean.operand,
        variance: variance.operand,
        gamma: (gamma ?? mean).operand,
        dgamma: dgamma?.operand ?? scratch(vectors * 4),
        dbeta: dbeta?.operand ?? scratch(vectors * 4),
        factors,
      },
      grid: gridOf(vectors),
    },
    {
      kernel: 'norm/inputGradient',
      constants: { RELU: relu, AFFINE: relu && affine },
      uniforms: {
        ...uniforms,
        ...viewUniforms('dy', dy),
        ...viewUniforms('x', x),
        ...viewUniforms('dx', dx),
        betaOffset: beta?.offset ?? 0,
      },
      bindings: { dy: dy.operand, x: x.operand, factors, beta: (beta ?? mean).operand, dx: dx.operand },
      grid,
    },
  ];
}

/** Mean and biased variance per channel, in float64. */
export function referenceStatistics(x: ReferenceTensor): { mean: Float64Array; variance: Float64Array } {
  const channels = x.shape[x.shape.length - 1];
  const rows = x.data.length / channels;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  x.data.forEach((value, i) => {
    mean[i % channels] += value / rows;
  });
  x.data.forEach((value, i) => {
    variance[i % channels] += (value - mean[i % channels]) ** 2 / rows;
  });
  return { mean, variance };
}

/** (x - mean) / sqrt(variance + epsilon), in float64. */
export function referenceNormalised(
  x: ReferenceTensor,
  mean: Float64Array,
  variance: Float64Array,
  epsilon: number,
): Float64Array {
  const channels = mean.length;
  return x.data.map((value, i) => (value - mean[i % channels]) / Math.sqrt(variance[i % channels] + epsilon));
}

/** Output of the operation from normalised values: gamma and beta where given, then the ReLU where wanted; in float64. */
export function referenceOutput(
  normalised: Float64Array,
  gamma: ReferenceTensor | undefined,
  beta: ReferenceTensor | undefined,
  relu: boolean,
): Float64Array {
  return normalised.map((value, i) => {
    const c = gamma ? i % gamma.data.length : 0;
    const y = gamma && beta ? value * gamma.data[c] + beta.data[c] : value;
    return relu ? Math.max(y, 0) : y;
  });
}

/** Gradient before the ReLU, where there is one: dy where y > 0; in float64. */
export function referenceGated(dy: ReferenceTensor, y: Float64Array, relu: boolean): Float64Array {
  return relu ? dy.data.map((value, i) => (y[i] > 0 ? value : 0)) : dy.data;
}

/** Sum per channel, in float64. */
export function referenceSums(data: Float64Array, channels: number): Float64Array {
  const sums = new Float64Array(channels);
  data.forEach((value, i) => {
    sums[i % channels] += value;
  });
  return sums;
}
