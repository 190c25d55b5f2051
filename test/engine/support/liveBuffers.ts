import type { Gpu } from '../../../src/engine/device/gpu.js';

/** A failure that a test injected into a call of the device. */
export class InjectedFailure extends Error {}

/** Calls that can be made to fail, and those among them that return promises. */
const FAILING = new Set([
  'createBuffer',
  'createBindGroup',
  'createBindGroupLayout',
  'createPipelineLayout',
  'createShaderModule',
  'createComputePipelineAsync',
  'createCommandEncoder',
  'createQuerySet',
  'writeBuffer',
  'submit',
  'onSubmittedWorkDone',
  'mapAsync',
]);
const ASYNCHRONOUS = new Set(['createComputePipelineAsync', 'onSubmittedWorkDone', 'mapAsync']);

/**
 * A device that counts the buffers made through it and not yet destroyed, and fails on request. The device given does the work
 * and is left as it is; `gpu` stands in for it.
 */
export class LiveBuffers {
  readonly gpu: Gpu;
  private readonly alive = new Set<GPUBuffer>();
  private calls = 0;
  private failing = Number.POSITIVE_INFINITY;

  constructor(gpu: Gpu) {
    const device = this.watch(gpu.device, { queue: this.watch(gpu.queue, {}) });
    this.gpu = this.watch(gpu, { device, queue: device.queue });
  }

  /** Buffers that have not been destroyed. */
  get count(): number {
    return this.alive.size;
  }

  /** Labels of the buffers that have not been destroyed, for messages. */
  get labels(): string[] {
    return [...this.alive].map(({ label }) => label);
  }

  /** Makes a device call fail, counted from now: 0 is the next one. Later calls work again. */
  failAt(call: number): void {
    this.calls = 0;
    this.failing = call;
  }

  /** No call fails any more. */
  neverFail(): void {
    this.failing = Number.POSITIVE_INFINITY;
  }

  /** An object whose calls are counted; `replaced` holds properties that differ. */
  private watch<T extends object>(target: T, replaced: Readonly<Record<string, unknown>>): T {
    return new Proxy(target, {
      get: (_, name) => {
        if (typeof name === 'string' && name in replaced) return replaced[name];
        const value = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => this.call(String(name), () => value.apply(target, args));
      },
      set: (_, name, value) => Reflect.set(target, name, value, target),
    });
  }

  private call(name: string, work: () => unknown): unknown {
    if (FAILING.has(name) && this.calls++ === this.failing) {
      const failure = new InjectedFailure(`injected into ${name}`);
      if (ASYNCHRONOUS.has(name)) return Promise.reject(failure);
      throw failure;
    }
    const result = work();
    if (name === 'createBuffer') this.follow(result as GPUBuffer);
    return result;
  }

  private follow(buffer: GPUBuffer): void {
    this.alive.add(buffer);
    const { destroy, mapAsync } = buffer;
    buffer.destroy = () => {
      this.alive.delete(buffer);
      destroy.call(buffer);
    };
    buffer.mapAsync = (...args) => this.call('mapAsync', () => mapAsync.apply(buffer, args)) as Promise<undefined>;
  }
}

/**
 * Does some work again and again, with a failure injected into its first device call, then into its second, and so on until it
 * gets through.
 * @param work rejects or throws when a call fails
 * @param afterFailure called after every failed attempt
 * @param most attempts with a failure, for work with very many calls
 * @returns how many attempts failed
 */
export async function failAtEachCall(
  live: LiveBuffers,
  work: () => unknown,
  afterFailure: (error: unknown) => void,
  most = Number.POSITIVE_INFINITY,
): Promise<number> {
  for (let call = 0; ; call++) {
    if (call >= most) live.neverFail();
    else live.failAt(call);
    try {
      await work();
      return call;
    } catch (error) {
      if (call >= most) throw error;
      afterFailure(error);
    } finally {
      live.neverFail();
    }
  }
}

/** Whether an error is an injected failure or was caused by one. */
export function isInjected(error: unknown): boolean {
  return error instanceof InjectedFailure || (error instanceof Error && isInjected(error.cause));
}
