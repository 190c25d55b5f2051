import { AttributeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { KernelCall, Operation } from '../../graph/operation.js';
import { physicalSize, type ValueType, valueType } from '../../graph/types.js';
import { trafficOnly } from '../record/kernelCall.js';
import { checkFlat, checkScalar } from '../record/shapeChecks.js';

/** Most partial sums of the first stage: enough to fill a GPU, few enough for one invocation to add. */
const PARTS = 1024;
/** Least vec4s per invocation of the first stage. */
const MIN_VECTORS = 8;

/**
 * Euclidean norm of a flat value, such as the gradient of a whole set from `assembleGradients`.
 * @param gradient f32 [size]
 * @returns a scalar, f32 []
 * @throws {ShapeError} when the rank is not 1
 * @throws {DTypeError} when the value is u32 or f16
 */
export function gradientNorm(gradient: Value): Value {
  return gradient.graph.apply(gradientNormOperation, [gradient], {})[0];
}

/**
 * Factor that clips a gradient to a norm of at most `maximum`: min(1, maximum / (norm + 1e-6)) (Pascanu et al. 2013,
 * algorithm 1, with the 1e-6 of PyTorch's clip_grad_norm_).
 * @param norm norm of the gradient, a scalar f32 []
 * @returns a scalar, f32 []
 * @throws {ShapeError | DTypeError} when the norm is not an f32 scalar
 * @throws {AttributeError} when the maximum is not positive
 */
export function clipCoefficient(norm: Value, maximum: number): Value {
  return norm.graph.apply(clipCoefficientOperation, [norm], { maximum })[0];
}

export const gradientNormOperation: Operation<Record<string, never>> = {
  name: 'gradientNorm',
  infer: ([gradient]: readonly ValueType[]) => {
    checkFlat('gradientNorm', { gradient });
    return [valueType([])];
  },
  lower: ({ inputs: [x], outputs: [y], scratch }) => {
    const vectors = physicalSize(x.type) / 4;
    const parts = Math.min(PARTS, Math.ceil(vectors / MIN_VECTORS));
    const sumVectors = Math.ceil(parts / 4);
    const sums = scratch(sumVectors * 4);
    const calls: KernelCall[] = [
      {
        kernel: 'optim/squareSums',
        uniforms: { vectors, parts },
        bindings: { x: x.operand, sums },
        grid: [Math.ceil((sumVectors * 4) / 64), 1, 1],
      },
      {
        kernel: 'optim/rootOfSum',
        uniforms: { vectors: sumVectors },
        bindings: { sums, y: y.operand },
        grid: [1, 1, 1],
      },
    ];
    return calls;
  },
  reference: ([x]) => [Float64Array.of(Math.sqrt(x.data.reduce((sum, value) => sum + value * value, 0)))],
  cost: trafficOnly,
  reductionLength: ([x]) => physicalSize(x),
  samples: [
    { name: 'fewer vec4s than one part', inputs: [{ shape: [13] }], attributes: {} },
    { name: 'parts that are no multiple of four', inputs: [{ shape: [604] }], attributes: {} },
    { name: 'all parts, unevenly filled', inputs: [{ shape: [40_004] }], attributes: {} },
  ],
};

export const clipCoefficientOperation: Operation<{ readonly maximum: number }> = {
  name: 'clipCoefficient',
  infer: ([norm]: readonly ValueType[], { maximum }) => {
    checkScalar('clipCoefficient', 'norm', norm);
    if (!(maximum > 0)) throw new AttributeError(`clipCoefficient: maximum is ${maximum}, wanted a positive number`);
    return [norm];
  },
  lower: ({ inputs: [norm], outputs: [y], attributes: { maximum } }) => [
    {
      kernel: 'optim/clipCoefficient',
      uniforms: { maximum },
      bindings: { norm: norm.operand, y: y.operand },
      grid: [1, 1, 1],
    },
  ],
  reference: ([norm], { maximum }) => [Float64Array.of(Math.min(1, maximum / (norm.data[0] + 1e-6)))],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'a norm above', inputs: [{ shape: [], fill: 'positive' }], attributes: { maximum: 0.05 } },
    { name: 'a norm below', inputs: [{ shape: [], fill: 'positive' }], attributes: { maximum: 500 } },
  ],
};
