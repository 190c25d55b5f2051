import type { Gpu } from '../device/gpu.js';
import { BufferUsage } from '../device/usage.js';
import { Pipelines } from '../kernels/pipelines.js';
import { encodeUniforms } from '../kernels/shader.js';
import { timeRepetitions } from './batchTimer.js';

/** Peak rates of an adapter, measured on it: the ceilings of the roofline model (Williams et al. 2009, section 3). */
export interface Ceilings {
  /** Billions of float32 operations a second; a multiply-add counts as two. */
  readonly gflops: number;
  /** Billions of bytes a second from and to memory: bytes read plus bytes written. */
  readonly gigabytesPerSecond: number;
}

/** Multiply-adds of one invocation of measure/multiplyAdd in one iteration: 2 vectors of 4, 16 times each. */
const MULTIPLY_ADDS_PER_TURN = 128;
const WORKGROUP = 64;

/** Bytes of the buffers that are copied: touching fresh memory is slow on a software driver, and a GPU's caches are large. */
const COPIED_BYTES = { software: 2 ** 25, hardware: 2 ** 27 };

/** Each of the three measurements is repeated until this much time has passed. */
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

/** Options of `measureCeilings`. */
export interface CeilingOptions {
  /** Aborts measuring between two batches of repetitions. */
  readonly signal?: AbortSignal;
}

/**
 * Measures the peak rates of multiply-adds and of memory, which takes about a second. All buffers are freed.
 * @throws {GpuError | DeviceLostError | DisposedError} when the device fails or has been disposed of
 * @throws the reason of `options.signal` when it is aborted
 */
export async function measureCeilings(gpu: Gpu, { signal }: CeilingOptions = {}): Promise<Ceilings> {
  return { gflops: await measureMultiplyAdds(gpu, signal), gigabytesPerSecond: await measureMemory(gpu, signal) };
}

async function measureMultiplyAdds(gpu: Gpu, signal?: AbortSignal): Promise<number> {
  const hardware = gpu.info.kind === 'hardware';
  // Enough invocations to fill a large GPU, and few enough for a batch on a CPU to be short.
  const groups = hardware ? 8192 : 64;
  const turns = hardware ? 64 : 16;
  const buffers = new OwnBuffers(gpu);
  try {
    const y = buffers.create(groups * WORKGROUP * 16);
    // A factor below 1 keeps the chains finite and away from subnormal numbers, which are slow on some devices.
    const submit = await preparedKernel(gpu, buffers, {
      kernel: 'measure/multiplyAdd',
      uniforms: { turns, factor: 0.75, summand: 0.5 },
      buffers: { y },
      grid: [groups, 1, 1],
    });
    const seconds = await best(gpu, submit, signal);
    return (2 * groups * WORKGROUP * turns * MULTIPLY_ADDS_PER_TURN) / seconds / 1e9;
  } finally {
    buffers.dispose();
  }
}

/** The faster of a copy by the driver and a copy by a kernel, in gigabytes a second. */
async function measureMemory(gpu: Gpu, signal?: AbortSignal): Promise<number> {
  const size = COPIED_BYTES[gpu.info.kind === 'hardware' ? 'hardware' : 'software'];
  const buffers = new OwnBuffers(gpu);
  try {
    const [x, y] = [buffers.create(size), buffers.create(size)];
    const copy = (repetitions: number) => {
      const encoder = gpu.device.createCommandEncoder();
      for (let i = 0; i < repetitions; i++) encoder.copyBufferToBuffer(x, 0, y, 0, size);
      gpu.queue.submit([encoder.finish()]);
    };
    const byDriver = await best(gpu, copy, signal);
    const vectors = size / 16;
    const columns = Math.min(32768, vectors / 256);
    const kernel = await preparedKernel(gpu, buffers, {
      kernel: 'copy/accumulate',
      constants: { ACCUMULATE: false, WORKGROUP: 256 },
      uniforms: { rows: 1, vectors, xOffset: 0, xStride: vectors, yOffset: 0, yStride: vectors },
      buffers: { x, y },
      grid: [columns, vectors / 256 / columns, 1],
    });
    const byKernel = await best(gpu, kernel, signal);
    return (2 * size) / Math.min(byDriver, byKernel) / 1e9;
  } finally {
    buffers.dispose();
  }
}

/** Buffers of one measurement, destroyed together. */
export class OwnBuffers {
  private readonly buffers: GPUBuffer[] = [];

  constructor(private readonly gpu: Gpu) {}

  /** @param size bytes */
  create(size: number, usage = STORAGE): GPUBuffer {
    const buffer = this.gpu.device.createBuffer({ size, usage });
    this.buffers.push(buffer);
    return buffer;
  }

  /** Destroys the buffers. */
  dispose(): void {
    for (const buffer of this.buffers.splice(0)) buffer.destroy();
  }
}

/**
 * Builds a kernel.
 * @param own holds the kernel's uniform buffer
 * @returns a function that submits a number of dispatches of the kernel
 */
export async function preparedKernel(
  gpu: Gpu,
  own: OwnBuffers,
  { kernel, constants, uniforms, buffers, grid }: MeasuredKernel,
): Promise<(repetitions: number) => void> {
  const { device, queue } = gpu;
  const { shader, layout, pipeline } = await new Pipelines(gpu).get(kernel, constants);
  const params = encodeUniforms(shader, uniforms);
  const uniform = own.create(params.length, BufferUsage.UNIFORM | BufferUsage.COPY_DST);
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

/** Seconds of one repetition, the least of several measurements: other load on the machine only ever makes them longer. */
async function best(gpu: Gpu, submit: (repetitions: number) => void, signal?: AbortSignal): Promise<number> {
  const run = async (repetitions: number) => {
    signal?.throwIfAborted();
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
