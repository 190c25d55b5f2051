import { ShapeError } from '../../errors/errors.js';
import type { KernelCall, TensorView } from '../../graph/operation.js';
import { channelsOf } from '../../graph/types.js';
import { gridOf, viewUniforms } from '../record/kernelCall.js';

/** A range of channels of `x` and its destination in every row of `y`. */
export interface ChannelCopy {
  /** First channel read. */
  readonly first: number;
  /** First channel written. */
  readonly begin: number;
  readonly count: number;
  /** Whether the lanes before `begin` in the first written vec4 keep their values or become zero. */
  readonly before: 'kept' | 'zero';
  /** True: all channels of `y` are written, those outside the range as zero. False: only the vec4s that the range touches. */
  readonly whole: boolean;
}

/** Kernel call that copies channels of every row of x into y. */
export function copyChannels(x: TensorView, y: TensorView, copy: ChannelCopy): KernelCall {
  const skipped = copy.whole ? 0 : Math.floor(copy.begin / 4);
  const begin = copy.begin - skipped * 4;
  const end = begin + copy.count;
  const endsRow = copy.first + copy.count === channelsOf(x.type);
  const aligned = begin % 4 === 0 && copy.first % 4 === 0 && (copy.count % 4 === 0 || endsRow);
  const vectors = copy.whole ? y.vectors : Math.ceil(end / 4);
  return {
    kernel: 'copy/channels',
    constants: { ALIGNED: aligned, KEEP: !aligned && copy.before === 'kept' && begin > 0 },
    uniforms: {
      rows: x.rows,
      vectors,
      begin,
      end,
      first: copy.first,
      ...viewUniforms('x', x),
      yOffset: y.offset + skipped,
      yStride: y.stride,
    },
    bindings: { x: x.operand, y: y.operand },
    grid: gridOf(x.rows * vectors),
  };
}

/** @throws {ShapeError} when `length` channels from `start` do not lie within `channels` */
export function checkChannels(operation: string, start: number, length: number, channels: number): void {
  if (!Number.isInteger(start) || !Number.isInteger(length) || start < 0 || length < 1 || start + length > channels)
    throw new ShapeError(
      `${operation}: got ${length} channels from ${start}, wanted at least one, within the ${channels} channels`,
    );
}
