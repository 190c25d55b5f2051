import type { Gpu } from '../device/gpu.js';
import { BufferUsage } from '../device/usage.js';
import { Pipelines } from '../kernels/pipelines.js';
import { encodeUniforms } from '../kernels/shader.js';
import { timeRepetitions } from './batchTimer.js';

/** What an adapter does at best, measured on it: what kernels are held against. */
export interface Ceilings {
  /** Billions of float32 operations a second; a multiply-add counts as two. */
  readonly gflops: number;
  /** Billions of bytes a second from and to memory: bytes read and bytes written, added. */
  readonly gigabytesPerSecond: number;
}

/** Shaders that no operation uses: ceilings are measured with them, and tested by themselves. */
export const MEASURING_SHADERS: readonly string[] = ['measure/multiplyAdd'];

/** Multiply-adds of one invocation of measure/multiplyAdd in one turn: 2 vectors of 4, 16 times each. */
const MULTIPLY_ADDS_PER_TURN = 128;
const WORKGROUP = 64;

/** A software driver's memory is dear to touch the first time, a GPU's caches are large. */
const COPIED_BYTES = { software: 2 ** 25, hardware: 2 ** 27 };

/** No measurement of the three begins anew after this long. */
const MEASURING_MILLISECONDS = 200;

const STORAGE = BufferUsage.STORAGE | BufferUsage.COPY_SRC | BufferUsage.COPY_DST;

/** One kernel with what it is bound to. */
interface MeasuredKernel {
  readonly kernel: string;
  readonly constants?: Readonly<Record<string, number | boolean>>;
  readonly uniforms: Readonly<Record<string, number>>;
  readonly buffers: Readonly<Record<string, GPUBuffer>>;
  readonly grid: readonly [number, number, number];
}

/** Measures multiply-adds and memory: about a second. @throws GpuError, DeviceLostError, DisposedError */
export async function measureCeilings(gpu: Gpu): Promise<Ceilings> {
  return { gflops: await measureMultiplyAdds(gpu), gigabytesPerSecond: await measureMemory(gpu) };
}

async function measureMultiplyAdds(gpu: Gpu): Promise<number> {
  const hardware = gpu.info.kind === 'hardware';
  // Enough invocations to fill a large GPU, and few enough that a batch on a CPU ends soon.
  const groups = hardware ? 8192 : 64;
  const turns = hardware ? 64 : 16;
  const y = gpu.device.createBuffer({ size: groups * WORKGROUP * 16, usage: STORAGE });
  try {
    // A factor below 1: the chains stay finite and away from subnormal numbers, which some devices are slow at.
    const submit = await preparedKernel(gpu, {
      kernel: 'measure/multiplyAdd',
      uniforms: { turns, factor: 0.75, summand: 0.5 },
      buffers: { y },
      grid: [groups, 1, 1],
    });
    const seconds = await best(gpu, submit);
    return (2 * groups * WORKGROUP * turns * MULTIPLY_ADDS_PER_TURN) / seconds / 1e9;
  } finally {
    y.destroy();
  }
}

/** The better of a copy by the driver and one by a kernel. */
async function measureMemory(gpu: Gpu): Promise<number> {
  const size = COPIED_BYTES[gpu.info.kind === 'hardware' ? 'hardware' : 'software'];
  const [x, y] = [0, 1].map(() => gpu.device.createBuffer({ size, usage: STORAGE }));
  try {
    const byDriver = await best(gpu, (repetitions) => {
      const encoder = gpu.device.createCommandEncoder();
      for (let i = 0; i < repetitions; i++) encoder.copyBufferToBuffer(x, 0, y, 0, size);
      gpu.queue.submit([encoder.finish()]);
    });
    const vectors = size / 16;
    const columns = Math.min(32768, vectors / 256);
    const byKernel = await best(
      gpu,
      await preparedKernel(gpu, {
        kernel: 'copy/accumulate',
        constants: { ACCUMULATE: false, WORKGROUP: 256 },
        uniforms: { rows: 1, vectors, xOffset: 0, xStride: vectors, yOffset: 0, yStride: vectors },
        buffers: { x, y },
        grid: [columns, vectors / 256 / columns, 1],
      }),
    );
    return (2 * size) / Math.min(byDriver, byKernel) / 1e9;
  } finally {
    x.destroy();
    y.destroy();
  }
}

/** Builds a kernel; the result submits that many dispatches of it. */
export async function preparedKernel(
  gpu: Gpu,
  { kernel, constants, uniforms, buffers, grid }: MeasuredKernel,
): Promise<(repetitions: number) => void> {
  const { device, queue } = gpu;
  const { shader, layout, pipeline } = await new Pipelines(gpu).get(kernel, constants);
  const params = encodeUniforms(shader, uniforms);
  const uniform = device.createBuffer({ size: params.length, usage: BufferUsage.UNIFORM | BufferUsage.COPY_DST });
  queue.writeBuffer(uniform, 0, params);
  const bindGroup = device.createBindGroup({
    layout,
    entries: shader.bindings.map(({ name, binding, kind }) => ({
      binding,
      resource: { buffer: kind === 'uniform' ? uniform : buffers[name] },
    })),
  });
  return (repetitions) => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    for (let i = 0; i < repetitions; i++) pass.dispatchWorkgroups(grid[0], grid[1], grid[2]);
    pass.end();
    queue.submit([encoder.finish()]);
  };
}

/** Seconds of one repetition at best: what disturbs a measurement only ever lowers a ceiling. */
async function best(gpu: Gpu, submit: (repetitions: number) => void): Promise<number> {
  const run = async (repetitions: number) => {
    submit(repetitions);
    await gpu.idle();
  };
  await gpu.idle();
  const end = performance.now() + MEASURING_MILLISECONDS;
  let least = Number.POSITIVE_INFINITY;
  do least = Math.min(least, await timeRepetitions(run, { leastMilliseconds: 20, rounds: 1 }));
  while (performance.now() < end);
  return least / 1000;
}
