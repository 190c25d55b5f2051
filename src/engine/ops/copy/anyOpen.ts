import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { channelsOf, roundUp, valueType } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { gridOf, trafficOnly } from '../record/kernelCall.js';

interface AnyOpenAttributes {
  readonly groups: number;
  /** Elements per group. */
  readonly width: number;
}

/**
 * Whether any flag of each group is nonzero. It has no gradient.
 * @param flags f32 [K] or [M, N]
 * @param groups for each group the row-major indices of its flags
 * @returns f32 [groups]: 1 or 0 for each group
 * @throws {DTypeError} when the flags are u32 or f16
 */
export function anyOpen(flags: Value, groups: readonly (readonly number[])[]): Value {
  const width = Math.max(...groups.map((elements) => elements.length));
  const members = groups.flatMap((elements) =>
    Array.from({ length: width }, (_, i) => elements[Math.min(i, elements.length - 1)]),
  );
  const constant = flags.graph.constant(members, [members.length], 'u32');
  return flags.graph.apply(anyOpenOperation, [flags, constant], { groups: groups.length, width })[0];
}

/** Inputs: flags; the row-major indices of each group's flags, u32 [groups * width]. */
export const anyOpenOperation: Operation<AnyOpenAttributes> = {
  name: 'anyOpen',
  infer: ([flags], { groups }) => {
    checkFloat('anyOpen', 'flags', flags);
    return [valueType([groups])];
  },
  lower: ({ inputs: [flags, members], outputs: [y], attributes }) => {
    const padded = roundUp(attributes.groups, 4);
    return [
      {
        kernel: 'copy/anyOpen',
        uniforms: {
          padded,
          ...attributes,
          flagsOffset: flags.offset,
          flagsStride: flags.stride,
          columns: channelsOf(flags.type),
          membersOffset: members.offset,
          yOffset: y.offset,
        },
        bindings: { flags: flags.operand, members: members.operand, y: y.operand },
        grid: gridOf(padded),
      },
    ];
  },
  reference: ([flags, members], { groups, width }) => [
    Float64Array.from({ length: groups }, (_, group) =>
      [...members.data.slice(group * width, (group + 1) * width)].some((element) => flags.data[element] !== 0) ? 1 : 0,
    ),
  ],
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    {
      name: 'groups of two of a matrix',
      inputs: [
        { shape: [2, 3], fill: { values: [0, 1, 0, 0, 0, 0.5] } },
        { shape: [6], dtype: 'u32', fill: { values: [0, 1, 2, 3, 4, 5] } },
      ],
      attributes: { groups: 3, width: 2 },
      smooth: false,
    },
    {
      name: 'single flags of a row',
      inputs: [
        { shape: [5], fill: { values: [0, 1, 0, -2, 0] } },
        { shape: [5], dtype: 'u32', fill: { values: [3, 2, 1, 0, 4] } },
      ],
      attributes: { groups: 5, width: 1 },
      smooth: false,
    },
  ],
};
