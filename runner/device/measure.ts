import { BufferUsage, type Gpu } from '../../src/engine/device/index.js';
import { VariableSet, type VariantTable } from '../../src/engine/graph/index.js';
import { uniform } from '../../src/engine/nn/index.js';
import { matmul } from '../../src/engine/ops/index.js';
import { timeRepetitions } from '../../src/engine/profile/index.js';
import { Engine } from '../../src/engine/runtime/index.js';

/** Long enough that starting and waiting don't count, short enough to wait for. */
const LEAST_MILLISECONDS = 200;

/** Seconds of one repetition of what `submit` gives the queue. */
async function secondsEach(gpu: Gpu, submit: (repetitions: number) => void): Promise<number> {
  await gpu.idle();
  const run = async (repetitions: number) => {
    submit(repetitions);
    await gpu.idle();
  };
  return (await timeRepetitions(run, { leastMilliseconds: LEAST_MILLISECONDS })) / 1000;
}

/** Microseconds that one dispatch of one workgroup takes among many in a pass, encoding included. */
export async function measureDispatch(gpu: Gpu): Promise<number> {
  const { device, queue } = gpu;
  const buffer = device.createBuffer({ size: 256, usage: BufferUsage.STORAGE });
  const module = device.createShaderModule({
    code: `@group(0) @binding(0) var<storage, read_write> data: array<u32>;
           @compute @workgroup_size(64) fn main(@builtin(local_invocation_index) i: u32) { data[i] += 1u; }`,
  });
  const pipeline = await gpu.guard(device.createComputePipelineAsync({ layout: 'auto', compute: { module } }));
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer } }],
  });
  try {
    const seconds = await secondsEach(gpu, (repetitions) => {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      for (let i = 0; i < repetitions; i++) pass.dispatchWorkgroups(1);
      pass.end();
      queue.submit([encoder.finish()]);
    });
    return seconds * 1e6;
  } finally {
    buffer.destroy();
  }
}

/** GFLOP/s of a square matrix product by the engine's own kernels; a multiply-add counts as two. */
export async function measureGemm(gpu: Gpu, variants?: VariantTable): Promise<number> {
  const size = gpu.info.kind === 'hardware' ? 2048 : 512;
  const engine = new Engine(gpu, { variants });
  try {
    const factors = new VariableSet('factors');
    const a = factors.add('a', [size, size], uniform(-1, 1));
    const b = factors.add('b', [size, size], uniform(-1, 1), { layout: 'matrix' });
    engine.allocate(factors);
    const program = await engine.compile((graph) => graph.output('product', matmul(graph.read(a), graph.read(b))));
    const seconds = await secondsEach(gpu, (repetitions) => {
      for (let i = 0; i < repetitions; i++) program.run();
    });
    return (2 * size ** 3) / seconds / 1e9;
  } finally {
    engine.dispose();
  }
}
