import type { Value } from '../../graph/graph.js';
import type { Lowering, Operation, SampleInput } from '../../graph/operation.js';
import { checkFloat } from '../record/checks.js';
import { checkSameShape, extentUniforms, gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';

/**
 * variable += value, in place: sums of losses and correct predictions that stay on the device for an epoch.
 * @param variable f32 of any shape and layout, as `graph.read` returns it
 * @param value of the type of the variable
 * @returns the updated variable, of the same type
 * @throws {ShapeError} when the types differ
 * @throws {DTypeError} when the variable is u32 or f16
 * @throws {OwnershipError} when `variable` is a computed value, or the values belong to different graphs
 */
export function accumulate(variable: Value, value: Value): Value {
  return variable.graph.apply(accumulateOperation, [variable, value], {})[0];
}

/**
 * variable = value, in place.
 * @param variable f32 of any shape and layout, as `graph.read` returns it
 * @param value of the type of the variable
 * @returns the updated variable, of the same type
 * @throws {ShapeError} when the types differ
 * @throws {DTypeError} when the variable is u32 or f16
 * @throws {OwnershipError} when `variable` is a computed value, or the values belong to different graphs
 */
export function assign(variable: Value, value: Value): Value {
  return variable.graph.apply(assignOperation, [variable, value], {})[0];
}

function update(accumulates: boolean, { inputs: [y, x] }: Lowering<Record<string, never>>) {
  return [
    {
      kernel: 'copy/accumulate',
      constants: { ACCUMULATE: accumulates },
      uniforms: { ...extentUniforms(y), ...viewUniforms('x', x), ...viewUniforms('y', y) },
      bindings: { x: x.operand, y: y.operand },
      grid: gridOf(y.rows * y.vectors),
    },
  ];
}

const samplesOf = (shape: readonly number[], layout: SampleInput['layout'] = 'rows') => [
  { shape, layout },
  { shape, layout },
];
const samples = [
  { name: 'a scalar', inputs: samplesOf([]), attributes: {} },
  { name: 'rows', inputs: samplesOf([5, 3, 7]), attributes: {} },
  { name: 'a matrix', inputs: samplesOf([3, 6], 'matrix'), attributes: {} },
];

export const accumulateOperation: Operation<Record<string, never>> = {
  name: 'accumulate',
  inPlace: [0],
  infer: (types) => {
    checkSameShape('accumulate', types);
    checkFloat('accumulate', 'variable', types[0]);
    return [types[0]];
  },
  lower: (lowering) => update(true, lowering),
  reference: ([variable, value]) => [variable.data.map((element, i) => element + value.data[i])],
  cost: trafficOnly,
  reductionLength: () => 2,
  samples,
};

export const assignOperation: Operation<Record<string, never>> = {
  name: 'assign',
  inPlace: [0],
  infer: (types) => {
    checkSameShape('assign', types);
    checkFloat('assign', 'variable', types[0]);
    return [types[0]];
  },
  lower: (lowering) => update(false, lowering),
  reference: ([, value]) => [value.data.slice()],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples,
};
