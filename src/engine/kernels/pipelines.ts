import type { Gpu } from '../device/gpu.js';
import { ShaderStage } from '../device/usage.js';
import { GpuError } from '../errors/errors.js';
import type { KernelCall, ShaderConstants } from '../graph/operation.js';
import { type Shader, type ShaderBinding, shaderOf, specialise } from './shader.js';

/** A compute pipeline and its shader. */
export interface Pipeline {
  readonly shader: Shader;
  readonly layout: GPUBindGroupLayout;
  readonly pipeline: GPUComputePipeline;
}

/** Equal for kernel calls that run on the same pipeline. */
export function pipelineKey({ kernel, constants = {} }: Pick<KernelCall, 'kernel' | 'constants'>): string {
  return `${kernel} ${JSON.stringify(Object.entries(constants).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}

/** Compute pipelines of one device, cached; builds run in parallel. */
export class Pipelines {
  private readonly layouts = new Map<string, GPUBindGroupLayout>();
  private readonly built = new Map<string, Promise<Pipeline>>();

  constructor(private readonly gpu: Gpu) {}

  /** Number of pipelines, those being built included. */
  get count(): number {
    return this.built.size;
  }

  /**
   * The pipeline of a kernel with some constants.
   * @param kernel path under shaders/ without ".wgsl"
   * @throws {NasTransferError} when there is no such shader or constant
   * @throws {GpuError} when the shader does not compile, with the compiler's messages
   */
  get(kernel: string, constants: ShaderConstants = {}): Promise<Pipeline> {
    const key = pipelineKey({ kernel, constants });
    let pipeline = this.built.get(key);
    if (!pipeline) {
      pipeline = this.build(key, kernel, constants);
      this.built.set(key, pipeline);
      // A failed build is not kept: the next request builds again.
      pipeline.catch(() => this.built.delete(key));
    }
    return pipeline;
  }

  /** The pipeline of every call, in order; missing ones are built in parallel. @throws as `get` */
  async ofCalls(calls: readonly KernelCall[]): Promise<Pipeline[]> {
    const distinct = [...new Set(calls)];
    const pipelines = await Promise.all(distinct.map(({ kernel, constants }) => this.get(kernel, constants)));
    const byCall = new Map(distinct.map((call, index) => [call, pipelines[index]]));
    return calls.map((call) => byCall.get(call) as Pipeline);
  }

  private async build(label: string, kernel: string, constants: ShaderConstants): Promise<Pipeline> {
    const shader = shaderOf(kernel);
    const { device } = this.gpu;
    const code = specialise(shader, constants);
    const module = device.createShaderModule({ label, code });
    const layout = this.layoutOf(shader.bindings);
    try {
      const pipeline = await this.gpu.guard(
        device.createComputePipelineAsync({
          label,
          layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
          compute: { module, entryPoint: 'main' },
        }),
      );
      return { shader, layout, pipeline };
    } catch (error) {
      const { messages } = await module.getCompilationInfo();
      const text = messages.map((m) => `  ${kernel}.wgsl:${m.lineNum}:${m.linePos} ${m.message}`).join('\n');
      throw new GpuError(`building ${label}: ${error instanceof Error ? error.message : error}\n${text}`, {
        cause: error,
      });
    }
  }

  private layoutOf(bindings: readonly ShaderBinding[]): GPUBindGroupLayout {
    const key = bindings.map((b) => `${b.binding}:${b.kind}`).join();
    let layout = this.layouts.get(key);
    if (!layout) {
      const types = { uniform: 'uniform', read: 'read-only-storage', write: 'storage' } as const;
      layout = this.gpu.device.createBindGroupLayout({
        entries: bindings.map(({ binding, kind }) => ({
          binding,
          visibility: ShaderStage.COMPUTE,
          buffer: { type: types[kind] },
        })),
      });
      this.layouts.set(key, layout);
    }
    return layout;
  }
}
