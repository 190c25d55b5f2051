import type { Gpu } from '../device/gpu.js';
import { BufferUsage } from '../device/usage.js';
import type { Command } from '../kernels/command.js';
import { shaderOf } from '../kernels/shader.js';
import { type BatchTiming, timeRepetitions } from './batchTimer.js';
import type { Interval, Profiled } from './profiled.js';

/** A part of a buffer. */
interface Range {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/**
 * Times every dispatch by the host's clock around batches of it, for devices without timestamps. The memory that a dispatch
 * writes is restored after its batches, and the dispatch runs once more, so that updates happen once, as in a run.
 * @throws the reason of `signal` when it is aborted, which is checked before each dispatch
 */
export async function timeByBatches(
  gpu: Gpu,
  profiled: Profiled,
  timing?: BatchTiming,
  signal?: AbortSignal,
): Promise<Interval[]> {
  const { commands } = profiled;
  const written = writtenRanges(profiled);
  const size = Math.max(4, ...written.map((ranges) => ranges.reduce((sum, range) => sum + range.size, 0)));
  const backup = gpu.device.createBuffer({ size, usage: BufferUsage.COPY_SRC | BufferUsage.COPY_DST });
  const submit = (encode: (encoder: GPUCommandEncoder) => void) => {
    const encoder = gpu.device.createCommandEncoder();
    encode(encoder);
    gpu.queue.submit([encoder.finish()]);
  };
  try {
    const intervals: Interval[] = [];
    let startNanoseconds = 0;
    for (const [index, command] of commands.entries()) {
      signal?.throwIfAborted();
      submit((encoder) =>
        eachRange(written[index], (r, at) => encoder.copyBufferToBuffer(r.buffer, r.offset, backup, at, r.size)),
      );
      const milliseconds = await timeRepetitions(async (repetitions) => {
        submit((encoder) => repeat(encoder, command, repetitions));
        await gpu.idle();
      }, timing);
      submit((encoder) => {
        eachRange(written[index], (r, at) => encoder.copyBufferToBuffer(backup, at, r.buffer, r.offset, r.size));
        repeat(encoder, command, 1);
      });
      intervals.push({ startNanoseconds, nanoseconds: milliseconds * 1e6 });
      startNanoseconds += milliseconds * 1e6;
    }
    return intervals;
  } finally {
    backup.destroy();
  }
}

/** The ranges that each dispatch writes. */
function writtenRanges({ dispatches, resource }: Profiled): Range[][] {
  return dispatches.map(({ call, memory }) =>
    shaderOf(call.kernel)
      .bindings.filter(({ kind }) => kind === 'write')
      .map(({ name }) => {
        const { buffer, offset = 0, size } = resource(memory[name]);
        return { buffer, offset, size: size ?? buffer.size - offset };
      }),
  );
}

/** Calls `visit` with the ranges and the offset of each in a buffer that holds them one after the other. */
function eachRange(ranges: readonly Range[], visit: (range: Range, offset: number) => void): void {
  let at = 0;
  for (const range of ranges) {
    visit(range, at);
    at += range.size;
  }
}

function repeat(encoder: GPUCommandEncoder, { pipeline, bindGroup, grid }: Command, repetitions: number): void {
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  for (let i = 0; i < repetitions; i++) pass.dispatchWorkgroups(grid[0], grid[1], grid[2]);
  pass.end();
}
