import { AttributeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { channelsOf } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { extentUniforms, gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { checkRows } from '../record/shapeChecks.js';

interface ShuffleAttributes {
  readonly groups: number;
}

/**
 * Channel shuffle: channel m of group g becomes channel g of group m, so that a grouped layer that follows reads channels
 * of all groups (Zhang et al. 2018, ShuffleNet, section 3.1).
 * @param x f32 [..., C] in layout rows
 * @param groups a divisor of C
 * @returns a value of the type of x
 * @throws {AttributeError} when `groups` does not divide C
 * @throws {ShapeError} when x is in layout matrix
 * @throws {DTypeError} when x is u32 or f16
 */
export function shuffleChannels(x: Value, groups: number): Value {
  return x.graph.apply(shuffleChannelsOperation, [x], { groups })[0];
}

export const shuffleChannelsOperation: Operation<ShuffleAttributes> = {
  name: 'shuffleChannels',
  infer: ([x], { groups }) => {
    checkFloat('shuffleChannels', 'x', x);
    checkRows('shuffleChannels', 'x', x);
    const channels = channelsOf(x);
    if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0)
      throw new AttributeError(`shuffleChannels: groups is ${groups}, wanted a divisor of the ${channels} channels`);
    return [x];
  },
  lower: ({ inputs: [x], outputs: [y], attributes: { groups } }) => [
    {
      kernel: 'copy/shuffleChannels',
      uniforms: {
        ...extentUniforms(y),
        channels: channelsOf(y.type),
        groups,
        members: channelsOf(y.type) / groups,
        ...viewUniforms('x', x),
        ...viewUniforms('y', y),
      },
      bindings: { x: x.operand, y: y.operand },
      grid: gridOf(y.rows * y.vectors),
    },
  ],
  gradient: ({ inputs: [x], outputGradients: [dy], attributes: { groups } }) => [
    dy && shuffleChannels(dy, channelsOf(x.type) / groups),
  ],
  reference: ([x], { groups }) => {
    const channels = x.shape[x.shape.length - 1];
    const members = channels / groups;
    return [
      x.data.map((_, i) => {
        const channel = i % channels;
        return x.data[i - channel + (channel % groups) * members + Math.floor(channel / groups)];
      }),
    ];
  },
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    { name: 'four groups', inputs: [{ shape: [2, 3, 3, 16] }], attributes: { groups: 4 } },
    { name: 'three groups of two', inputs: [{ shape: [5, 6] }], attributes: { groups: 3 } },
  ],
};
