import { AdapterError, DeviceLostError, DisposedError, GpuError, type NasTransferError } from '../errors/errors.js';
import {
  type AdapterSummary,
  isNullAdapter,
  type LimitName,
  limitsFor,
  OPTIONAL_FEATURES,
  summarizeAdapter,
} from './adapter.js';
import type { DeviceDescription } from './description.js';

/** Options of a `Gpu`. */
export interface GpuOptions {
  /** Most bytes that all buffers may take together; undefined: only the device's own memory limits them. */
  memoryLimit?: number;
  /** The native API below WebGPU, for the summary. */
  backend?: string;
}

/**
 * An open device. After the first uncaptured error or the loss of the device, `check()` throws that error and everything awaited
 * through `guard()` is rejected with it: nothing hangs, and no result computed after a failure is returned.
 */
export class Gpu implements DeviceDescription {
  readonly info: AdapterSummary;
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<LimitName, number>>;
  readonly memoryLimit: number | undefined;
  /** Whether shaders may use subgroups. */
  readonly subgroups: boolean;
  readonly subgroupLanes: number;
  /** Whether the device has timestamp queries. */
  readonly timestamps: boolean;

  #device: GPUDevice | undefined;
  #failure: NasTransferError | undefined;
  readonly #waiting = new Set<(error: NasTransferError) => void>();

  /**
   * Use `open` of the platform, or `openAdapter`.
   * @param device owned by this object from now on
   */
  constructor(device: GPUDevice, info: AdapterSummary, options: GpuOptions = {}) {
    this.#device = device;
    this.info = info;
    this.memoryLimit = options.memoryLimit;
    this.features = new Set(device.features as ReadonlySet<string>);
    this.limits = copyLimits(device.limits);
    this.subgroups = this.features.has('subgroups');
    this.subgroupLanes = this.subgroups ? (device.adapterInfo?.subgroupMinSize ?? 0) : 0;
    this.timestamps = this.features.has('timestamp-query');

    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      this.#fail(new GpuError(`${info.name}: ${describeGpuError(event.error)}`));
    });
    device.lost.then(({ reason, message }) => {
      this.#fail(
        new DeviceLostError(
          `${info.name}: the device was lost (${reason || 'unknown reason'}): ${message || 'no message'}; ` +
            'nothing on it can be read any more: open a new one and continue from the last checkpoint',
        ),
      );
    });
  }

  /** The WebGPU device. @throws {DisposedError} after dispose() */
  get device(): GPUDevice {
    if (this.#device === undefined) throw this.#disposedError();
    return this.#device;
  }

  /** The device's queue. @throws {DisposedError} after dispose() */
  get queue(): GPUQueue {
    return this.device.queue;
  }

  /** Whether dispose() has been called. */
  get disposed(): boolean {
    return this.#device === undefined;
  }

  /**
   * Throws where the device has failed.
   * @throws {GpuError | DeviceLostError} the first failure
   * @throws {DisposedError} after dispose()
   */
  check(): void {
    if (this.#device === undefined) throw this.#disposedError();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Settles as a promise does, unless the device fails or is disposed of before.
   * @throws {GpuError | DeviceLostError | DisposedError} then
   */
  guard<T>(promise: Promise<T>): Promise<T> {
    // Promise.race with one promise of failure would keep a reaction, and so every result, alive as long as the device.
    // Settled promises are removed from this set.
    return new Promise<T>((resolve, reject) => {
      try {
        this.check();
      } catch (error) {
        promise.catch(() => {});
        reject(error);
        return;
      }
      this.#waiting.add(reject);
      promise.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }

  /**
   * Waits until the device has finished all submitted work.
   * @throws {GpuError | DeviceLostError | DisposedError} when the device failed or has been disposed of
   */
  async idle(): Promise<void> {
    await this.guard(this.queue.onSubmittedWorkDone());
    this.check();
  }

  /** Destroys the device and rejects all that is awaited through `guard()`. A second call does nothing. */
  dispose(): void {
    const device = this.#device;
    if (device === undefined) return;
    this.#device = undefined;
    device.destroy();
    this.#rejectWaiting(this.#disposedError());
  }

  #fail(error: NasTransferError): void {
    // Destroying the device on purpose is not an error, and of several errors the first is the cause.
    if (this.#device === undefined || this.#failure !== undefined) return;
    this.#failure = error;
    this.#rejectWaiting(error);
  }

  #rejectWaiting(error: NasTransferError): void {
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  #disposedError(): DisposedError {
    return new DisposedError(`${this.info.name}: the device was used after dispose(); open another one`);
  }
}

/**
 * Opens the preferred adapter of a WebGPU implementation.
 * @param gpu `navigator.gpu`, or the result of Dawn's `create()`
 * @throws {AdapterError} when there is no usable adapter
 */
export async function openGpu(
  gpu: GPU,
  options: GpuOptions & { powerPreference?: GPUPowerPreference } = {},
): Promise<Gpu> {
  const { powerPreference = 'high-performance', ...rest } = options;
  const adapter = await requestAdapter(gpu, powerPreference);
  return openAdapter(adapter, rest);
}

/** The preferred adapter of a WebGPU implementation. @throws {AdapterError} when there is none that computes */
export async function requestAdapter(
  gpu: GPU,
  powerPreference: GPUPowerPreference = 'high-performance',
): Promise<GPUAdapter> {
  const adapter = await gpu.requestAdapter({ powerPreference });
  if (adapter === null) throw new AdapterError('open: WebGPU is available, but it has no adapter');
  if (isNullAdapter(adapter.info)) {
    throw new AdapterError(
      "open: got Dawn's Null adapter, which computes nothing; wanted an adapter that runs shaders",
    );
  }
  return adapter;
}

/**
 * Opens an adapter's device with the required limits and those optional features that it has.
 * @throws {AdapterError} when it lacks a required limit or provides no device
 */
export async function openAdapter(adapter: GPUAdapter, options: GpuOptions = {}): Promise<Gpu> {
  const info = summarizeAdapter(adapter.info, options.backend);
  const requiredLimits = limitsFor(adapter.limits, info.name);
  const requiredFeatures = OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature));
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({ requiredLimits, requiredFeatures });
  } catch (cause) {
    throw new AdapterError(`open: adapter '${info.name}' provided no device: ${messageOf(cause)}`, { cause });
  }
  return new Gpu(device, info, options);
}

/** The message of an error, or any other thrown value as a string. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function describeGpuError(error: GPUError): string {
  const kinds: Record<string, string> = {
    GPUValidationError: 'invalid use of WebGPU',
    GPUOutOfMemoryError: 'out of device memory',
    GPUInternalError: 'the driver failed',
  };
  const name = error.constructor.name;
  return `${kinds[name] ?? name}: ${error.message || 'no message'}`;
}

function copyLimits(limits: GPUSupportedLimits): Record<LimitName, number> {
  const copy: Record<string, number> = {};
  // The limits are accessors of the prototype, which object spread does not copy.
  for (const name in limits) {
    const value = limits[name as LimitName];
    if (typeof value === 'number') copy[name] = value;
  }
  return copy as Record<LimitName, number>;
}
