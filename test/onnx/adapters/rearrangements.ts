import { axes, axisOf, reshaped, transposed } from '../arrays.js';
import type { Adapter, NodeCall } from '../call.js';
import type { Tensor } from '../reader.js';

/*
 * Operators that only rename, reorder or reshape. They run on the host, so that models which use them between operators of
 * the engine can be run; a model of only these does not test the engine.
 */

export const constant: Adapter = (call) => [call.tensor('value')];

export const identity: Adapter = (call) => [call.any(0)];

export const transpose: Adapter = (call) => {
  const x = call.any(0);
  const permutation = call.numbers('perm') ?? axes(x.shape.length).reverse();
  return [{ ...transposed(x, permutation), type: x.type }];
};

export const shape: Adapter = (call) => {
  const { shape } = call.any(0);
  return [{ shape: [shape.length], data: Float64Array.from(shape), type: 'int64' }];
};

export const squeeze: Adapter = (call) => {
  const x = call.any(0);
  const which = listedAxes(call)?.map((axis) => axisOf(axis, x.shape.length));
  return folded(
    x,
    x.shape.filter((extent, axis) => (which ? !which.includes(axis) : extent !== 1)),
  );
};

export const unsqueeze: Adapter = (call) => {
  const x = call.any(0);
  const given = listedAxes(call) ?? [];
  const rank = x.shape.length + given.length;
  const which = given.map((axis) => axisOf(axis, rank));
  const extents = [...x.shape];
  return folded(
    x,
    axes(rank).map((axis) => (which.includes(axis) ? 1 : (extents.shift() as number))),
  );
};

function listedAxes(call: NodeCall): readonly number[] | undefined {
  return call.has(1) ? call.integers(1) : call.numbers('axes');
}

function folded(x: Tensor, extents: readonly number[]) {
  return [{ ...reshaped(x, extents), type: x.type }];
}
