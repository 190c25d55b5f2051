import type { KernelTarget } from '../../graph/kernelTarget.js';
import type { KernelCall, TensorView } from '../../graph/operation.js';
import { channelsOf, physicalShape } from '../../graph/types.js';
import { gridOf, viewUniforms } from '../record/kernelCall.js';
import { enoughInvocations } from '../record/rowLoop.js';

/** Kernel call that writes every row of x `repeat` times, or a scalar to every element. */
export function broadcastCall(
  x: TensorView,
  y: TensorView,
  options: { repeat: number; factor: number; scalar?: boolean },
  target: KernelTarget,
): KernelCall {
  const { type, vectors } = y;
  const { repeat, factor, scalar = false } = options;
  const groups = y.rows / repeat;
  const chunks = Math.min(repeat, Math.ceil(enoughInvocations(target) / (groups * vectors)));
  const isMatrix = type.layout === 'matrix';
  return {
    kernel: 'reduce/broadcast',
    constants: { SCALAR: scalar, MATRIX: isMatrix },
    uniforms: {
      groups,
      repeat,
      chunks,
      vectors,
      channels: channelsOf(type),
      innerRows: isMatrix ? physicalShape(type)[type.shape.length - 2] : 1,
      usedRows: isMatrix ? type.shape[type.shape.length - 2] : 1,
      ...viewUniforms('x', x),
      ...viewUniforms('y', y),
      factor,
    },
    bindings: { x: x.operand, y: y.operand },
    grid: gridOf(groups * chunks * vectors),
  };
}
