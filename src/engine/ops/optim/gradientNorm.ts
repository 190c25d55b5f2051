import { AttributeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { KernelCall, Operation } from '../../graph/operation.js';
import { physicalSize, type ValueType, valueType } from '../../graph/types.js';
import { trafficOnly } from '../record/kernelCall.js';
import { checkFlat, checkScalar } from '../record/shapeChecks.js';

/** Partial sums of the first stage: enough to fill a GPU, few enough for one invocation to add. */
const PARTS = 1024;
/** vec4s that are worth an invocation of their own. */
const LEAST_VECTORS = 8;

/** 2-norm of a flat value, a scalar: the norm of the whole gradient when given what `assembleGradients` returns. */
export function gradientNorm(gradient: Value): Value {
  return gradient.graph.apply(gradientNormOperation, [gradient], {})[0];
}

/**
 * min(1, maximum / (norm + 1e-6)): multiplied by it, a gradient of this norm has at most the norm `maximum`.
 * Source: Pascanu et al. 2013, algorithm 1, with the 1e-6 of PyTorch's clip_grad_norm_.
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
    const parts = Math.min(PARTS, Math.ceil(vectors / LEAST_VECTORS));
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
