import type { Gpu } from '../../../src/engine/device/gpu.js';
import { BufferUsage, MapMode } from '../../../src/engine/device/usage.js';

/** Doubles numbers on the device: the least that shows that shaders run there. */
export async function double(gpu: Gpu, numbers: number[]): Promise<number[]> {
  const { device, queue } = gpu;
  const size = numbers.length * 4;
  const data = device.createBuffer({
    size,
    usage: BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC,
  });
  const staging = device.createBuffer({ size, usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST });
  queue.writeBuffer(data, 0, new Float32Array(numbers));
  const module = device.createShaderModule({
    code: `@group(0) @binding(0) var<storage, read_write> data: array<f32>;
           @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
             if (id.x < arrayLength(&data)) { data[id.x] *= 2; }
           }`,
  });
  const pipeline = await gpu.guard(device.createComputePipelineAsync({ layout: 'auto', compute: { module } }));
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: data } }],
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(Math.ceil(numbers.length / 64));
  pass.end();
  encoder.copyBufferToBuffer(data, 0, staging, 0, size);
  queue.submit([encoder.finish()]);
  await gpu.guard(staging.mapAsync(MapMode.READ));
  const result = Array.from(new Float32Array(staging.getMappedRange()));
  staging.unmap();
  data.destroy();
  staging.destroy();
  gpu.check();
  return result;
}
