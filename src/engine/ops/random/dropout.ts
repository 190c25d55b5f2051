import { ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { channelsOf, formatType, product, type ValueType, vectorsPerRow } from '../../graph/types.js';
import { purposeKey } from '../../random/philox.js';
import { multiply } from '../elementwise/multiply.js';
import { checkFloat } from '../record/checks.js';
import { extentUniforms, gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { checkRows, checkScalar, checkSeed } from '../record/shapeChecks.js';
import { sum } from '../reduce/reduce.js';
import { uniformsAt } from './random.js';

/** Key of the random mask. */
export interface DropoutAttributes {
  /** An unsigned 32-bit integer. */
  readonly seed: number;
  /** Different purposes give independent masks: use a different name for each layer of a network. */
  readonly purpose: string;
}

/**
 * Dropout: sets elements to zero with probability `rate` and divides the others by 1 - rate (Srivastava et al. 2014). The
 * mask depends only on (seed, purpose, step); the gradient recomputes it.
 * @param x f32 of any shape, in layout rows
 * @param rate f32 scalar in [0, 1); its gradient is that of the factor 1 / (1 - rate), with the mask held fixed
 * @param step u32 scalar, the number of the training step
 * @returns a value of the type of x
 * @throws {ShapeError} when x is in layout matrix, or rate or step is not a scalar
 * @throws {DTypeError} when an element type is not as above
 * @throws {AttributeError} when the seed is not an unsigned 32-bit integer
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function dropout(x: Value, rate: Value, step: Value, attributes: DropoutAttributes): Value {
  return x.graph.apply(dropoutOperation, [x, rate, step], attributes)[0];
}

/**
 * Drop path: sets whole samples (indices of the first dimension) to zero with probability `rate` and divides the others by
 * 1 - rate (Larsson et al. 2017, FractalNet; on the edges of cells: Zoph et al. 2018, NASNet). The mask depends only on
 * (seed, purpose, step); the gradient recomputes it.
 * @param x f32 [N, ...] of rank 2 or more, in layout rows
 * @param rate f32 scalar in [0, 1); its gradient is that of the factor 1 / (1 - rate), with the mask held fixed
 * @param step u32 scalar, the number of the training step
 * @returns a value of the type of x
 * @throws {ShapeError} when x has a rank below 2 or is in layout matrix, or rate or step is not a scalar
 * @throws {DTypeError} when an element type is not as above
 * @throws {AttributeError} when the seed is not an unsigned 32-bit integer
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function dropPath(x: Value, rate: Value, step: Value, attributes: DropoutAttributes): Value {
  return x.graph.apply(dropPathOperation, [x, rate, step], attributes)[0];
}

const inputs = [
  { shape: [3, 4, 5, 6] },
  { shape: [], fill: 'unit' as const },
  { shape: [], dtype: 'u32' as const, fill: { integersBelow: 1000 } },
];

function dropOperation(name: 'dropout' | 'dropPath'): Operation<DropoutAttributes> {
  const perSample = name === 'dropPath';
  const operation: Operation<DropoutAttributes> = {
    name,
    infer: ([x, rate, step]: readonly ValueType[], { seed }) => {
      checkFloat(name, 'x', x);
      checkRows(name, 'x', x);
      if (perSample && x.shape.length < 2)
        throw new ShapeError(`${name}: x is ${formatType(x)}, wanted samples in the first of two or more dimensions`);
      checkScalar(name, 'rate', rate);
      checkScalar(name, 'step', step, 'u32');
      checkSeed(name, seed);
      return [x];
    },
    sameAs: ([, rate]) => (rate?.[0] === 0 ? 0 : undefined),
    lower: ({ inputs: [x, rate, step], outputs: [y], attributes: { seed, purpose } }) => [
      {
        kernel: 'random/dropout',
        constants: { PER_SAMPLE: perSample },
        uniforms: {
          ...extentUniforms(y),
          sampleRows: perSample ? y.rows / y.type.shape[0] : y.rows,
          seed,
          purpose: purposeKey(purpose),
          ...viewUniforms('x', x),
          ...viewUniforms('y', y),
        },
        bindings: { x: x.operand, rate: rate.operand, step: step.operand, y: y.operand },
        grid: gridOf(y.rows * y.vectors),
      },
    ],
    gradient: ({ inputs: [, rate, step], outputs: [y], outputGradients: [dy], attributes, needed }) => {
      if (!dy) return [];
      const again = (value: Value) => value.graph.apply(operation, [value, rate, step], attributes)[0];
      return [needed[0] ? again(dy) : undefined, needed[1] ? sum(multiply(dy, again(y))) : undefined, undefined];
    },
    reference: ([x, rate, step], { seed, purpose }) => {
      const type = { shape: x.shape, dtype: 'f32', layout: 'rows' } as const;
      const channels = channelsOf(type);
      const sampleSize = perSample ? product(x.shape.slice(1)) : 1;
      const y = x.data.map((value, i) => {
        const channel = i % channels;
        const vector = Math.floor(i / channels) * vectorsPerRow(type) + Math.floor(channel / 4);
        const uniform = perSample
          ? uniformsAt(Math.floor(i / sampleSize), step.data[0], seed, purpose)[0]
          : uniformsAt(vector, step.data[0], seed, purpose)[channel % 4];
        return uniform >= rate.data[0] ? value / (1 - rate.data[0]) : 0;
      });
      return [y];
    },
    cost: ([x], [y]) => trafficOnly([x], [y]),
    reductionLength: () => 1,
    samples: [{ name: 'odd sizes', inputs, attributes: { seed: 9, purpose: 'a cell' } }],
  };
  return operation;
}

export const dropoutOperation = dropOperation('dropout');

export const dropPathOperation = dropOperation('dropPath');
