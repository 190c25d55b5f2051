import { ShapeError } from '../../errors/errors.js';
import type { Graph, Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { formatType, pack, physicalSize, sameShape, valueType } from '../../graph/types.js';
import type { VariableSet } from '../../graph/variables.js';
import { trafficOnly } from '../record/kernelCall.js';
import { copyChannels } from './copy.js';

/**
 * Gathers the gradients of a set's variables into one flat value with the layout of the set, so that an optimiser updates
 * the whole set in one dispatch. Where possible kernels write their gradients directly into it. Elements of variables
 * without a gradient, and padding, are zero.
 * @param gradients one for each variable of the set, in order and of its type; undefined where the loss does not depend on it
 * @returns f32 [set.size]
 * @throws {ShapeError} when there is not one entry for each variable, or a gradient is not of its variable's type
 * @throws {OwnershipError} when a gradient belongs to another graph
 */
export function assembleGradients(graph: Graph, gradients: readonly (Value | undefined)[], set: VariableSet): Value {
  if (gradients.length !== set.variables.length)
    throw new ShapeError(
      `assembleGradients: got ${gradients.length} gradients, wanted one for each of the ${set.variables.length} variables of set "${set.name}"`,
    );
  set.seal();
  const present: Value[] = [];
  const offsets: number[] = [];
  const layouts: string[] = [];
  set.variables.forEach(({ name, type, offset }, index) => {
    const gradient = gradients[index];
    if (!gradient) return;
    if (!sameShape(gradient.shape, type.shape) || gradient.type.layout !== type.layout || gradient.dtype !== type.dtype)
      throw new ShapeError(
        `assembleGradients: the gradient of "${name}" is ${formatType(gradient.type)} (${gradient.type.layout}), wanted ${formatType(type)} (${type.layout})`,
      );
    present.push(gradient);
    offsets.push(offset);
    layouts.push(type.layout);
  });
  return graph.apply(assembleGradientsOperation, present, { offsets, layouts, size: set.size })[0];
}

interface AssembleGradients {
  /** Offset of each input in the output in elements, a multiple of 64. */
  readonly offsets: readonly number[];
  readonly layouts: readonly string[];
  /** Elements of the output. */
  readonly size: number;
}

export const assembleGradientsOperation: Operation<AssembleGradients> = {
  name: 'assembleGradients',
  assembles: 'variables',
  infer: (inputs, { offsets, size }) => {
    inputs.forEach((type, index) => {
      const end = offsets[index] + physicalSize(type);
      if (offsets[index] % 64 !== 0 || end > (offsets[index + 1] ?? size))
        throw new ShapeError(
          `assembleGradients: input ${index}, ${formatType(type)}, takes elements ${offsets[index]} to ${end}, wanted a multiple of 64 to at most ${offsets[index + 1] ?? size}`,
        );
    });
    return [valueType([size])];
  },
  lower: ({ inputs, outputs: [y], attributes: { offsets }, assembled }) =>
    inputs.flatMap((x, index) => {
      if (assembled[index]) return [];
      const place = { ...y, offset: y.offset + offsets[index] / 4, stride: x.vectors };
      return [copyChannels(x, place, { first: 0, begin: 0, count: x.vectors * 4, before: 'zero', whole: false })];
    }),
  reference: (inputs, { offsets, layouts, size }) => {
    const flat = new Float64Array(size);
    inputs.forEach(({ shape, data }, index) => {
      const type = valueType(shape, 'f32', layouts[index] === 'matrix' ? 'matrix' : 'rows');
      pack(type, data, flat.subarray(offsets[index], offsets[index] + physicalSize(type)));
    });
    return [flat];
  },
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [
    {
      name: 'weights, a vector, a scalar and a gap',
      inputs: [{ shape: [3, 3, 5, 6], layout: 'matrix' }, { shape: [13] }, { shape: [] }, { shape: [5, 3] }],
      attributes: { offsets: [0, 576, 704, 768], layouts: ['matrix', 'rows', 'rows', 'rows'], size: 832 },
    },
  ],
};
