import { ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { channelsOf, formatType, sameShape, type ValueType, valueType } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { trafficOnly } from '../record/kernelCall.js';
import { checkRows } from '../record/shapeChecks.js';
import { channelStarts } from './channelStarts.js';
import { copyChannels } from './copy.js';
import { slice } from './slice.js';

/**
 * Concatenates values along the channels (the last dimension). Where possible, values that start at a multiple of four
 * channels are written in place by the kernels that compute them; the others are copied.
 * @param values f32 [..., C_i] in layout rows, equal in all dimensions but the last
 * @returns f32 [..., sum of C_i]; the argument itself where there is only one
 * @throws {ShapeError} when there is no value, or shapes or layouts do not fit
 * @throws {DTypeError} when a value is u32 or f16
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function concat(values: readonly Value[]): Value {
  if (values.length === 0) throw new ShapeError('concat: got no values, wanted at least one');
  if (values.length === 1) return values[0];
  return values[0].graph.apply(concatOperation, values, {})[0];
}

export const concatOperation: Operation<Record<string, never>> = {
  name: 'concat',
  assembles: 'channels',
  infer: (types: readonly ValueType[]) => {
    const outer = types[0].shape.slice(0, -1);
    types.forEach((type, index) => {
      checkFloat('concat', `input ${index}`, type);
      checkRows('concat', `input ${index}`, type);
      if (type.shape.length === 0 || !sameShape(type.shape.slice(0, -1), outer))
        throw new ShapeError(
          `concat: input ${index} is ${formatType(type)}, wanted f32[${[...outer, 'channels'].join(', ')}] like input 0`,
        );
    });
    return [valueType([...outer, types.reduce((sum, type) => sum + channelsOf(type), 0)])];
  },
  lower: ({ inputs, outputs: [y], assembled }) => {
    const starts = channelStarts(inputs.map((x) => channelsOf(x.type)));
    return inputs.flatMap((x, index) => {
      if (assembled[index]) return [];
      const count = channelsOf(x.type);
      return [copyChannels(x, y, { first: 0, begin: starts[index], count, before: 'kept', whole: false })];
    });
  },
  gradient: ({ inputs, outputGradients: [dy], needed }) => {
    const starts = channelStarts(inputs.map((x) => channelsOf(x.type)));
    return inputs.map((x, index) => (dy && needed[index] ? slice(dy, starts[index], channelsOf(x.type)) : undefined));
  },
  reference: (inputs) => {
    const rows = inputs[0].data.length / inputs[0].shape[inputs[0].shape.length - 1];
    const rowLength = inputs.reduce((sum, { data }) => sum + data.length, 0) / rows;
    const y = new Float64Array(rows * rowLength);
    let start = 0;
    for (const { shape, data } of inputs) {
      const count = shape[shape.length - 1];
      for (let row = 0; row < rows; row++)
        y.set(data.subarray(row * count, (row + 1) * count), row * rowLength + start);
      start += count;
    }
    return [y];
  },
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'whole vec4s', inputs: [{ shape: [2, 3, 8] }, { shape: [2, 3, 4] }, { shape: [2, 3, 5] }], attributes: {} },
    {
      name: 'parts that share vec4s',
      inputs: [{ shape: [2, 3, 3] }, { shape: [2, 3, 2] }, { shape: [2, 3, 1] }, { shape: [2, 3, 7] }],
      attributes: {},
    },
    { name: 'vectors', inputs: [{ shape: [5] }, { shape: [9] }], attributes: {} },
  ],
};
