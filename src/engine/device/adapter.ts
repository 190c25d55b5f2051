import { AdapterError } from '../errors/errors.js';

/** Kind of an adapter: a GPU, or a software driver by name. */
export type AdapterKind = 'hardware' | 'lavapipe' | 'swiftshader' | 'other-software';

/** Identity of an adapter, as plain data for results and reports. */
export interface AdapterSummary {
  kind: AdapterKind;
  /** The most specific name that the WebGPU implementation reports. */
  name: string;
  vendor: string;
  architecture: string;
  description: string;
  /** The driver with its version; '' where the implementation does not report it (browsers). */
  driver: string;
  /** The native API below WebGPU, where known: 'vulkan', 'metal', 'd3d12'. */
  backend?: string;
}

/** Names of WebGPU's device limits. */
export type LimitName = Exclude<keyof GPUSupportedLimits, '__brand'>;

/**
 * Limits that every kernel may rely on: the defaults of the WebGPU specification, which every adapter in core mode supports. Higher
 * ones are not requested, so that a kernel that works on one device works on all.
 */
export const REQUIRED_LIMITS: Readonly<Partial<Record<LimitName, number>>> = {
  maxStorageBuffersPerShaderStage: 8,
  maxUniformBufferBindingSize: 65536,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeWorkgroupsPerDimension: 65535,
  maxBufferSize: 256 * 1024 * 1024,
  maxStorageBufferBindingSize: 128 * 1024 * 1024,
};

/** Limits requested as large as the adapter supports: they decide how much fits, not what a kernel does. */
const LARGEST_LIMITS: readonly LimitName[] = ['maxBufferSize', 'maxStorageBufferBindingSize'];

/** Features that are used where the adapter has them; none is required. */
export const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups', 'shader-f16'];

/** Describes an adapter. @param backend the native API below WebGPU, where the caller knows it */
export function summarizeAdapter(info: GPUAdapterInfo, backend?: string): AdapterSummary {
  const { vendor, architecture, device, description } = info;
  // Dawn lower-cases device names and replaces all other characters by hyphens, at the end too.
  const name =
    device.replace(/-+$/, '') || description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed adapter';
  const text = [vendor, architecture, device, description].join(' ').toLowerCase();
  return {
    kind: adapterKind(text, info.isFallbackAdapter),
    name,
    vendor,
    architecture,
    description,
    driver: description,
    ...(backend === undefined ? {} : { backend }),
  };
}

function adapterKind(text: string, isFallback: boolean): AdapterKind {
  if (text.includes('swiftshader')) return 'swiftshader';
  if (text.includes('llvmpipe') || text.includes('lavapipe')) return 'lavapipe';
  if (isFallback || text.includes('software') || text.includes('basic render')) return 'other-software';
  return 'hardware';
}

/** Whether an adapter is Dawn's Null backend, which accepts all commands and computes nothing. */
export function isNullAdapter(info: GPUAdapterInfo): boolean {
  const { vendor, architecture, device, description } = info;
  return [vendor, architecture, device, description].some((name) => /^null([\s-]|$)/i.test(name));
}

/**
 * The limits to request from an adapter.
 * @throws {AdapterError} when the adapter does not support a required limit
 */
export function limitsFor(limits: GPUSupportedLimits, adapterName: string): Partial<Record<LimitName, number>> {
  const requested: Partial<Record<LimitName, number>> = {};
  const missing: string[] = [];
  for (const [name, wanted] of Object.entries(REQUIRED_LIMITS) as [LimitName, number][]) {
    const got = limits[name] ?? 0;
    if (got < wanted) missing.push(`${name}: got ${got}, wanted at least ${wanted}`);
    requested[name] = LARGEST_LIMITS.includes(name) ? got : wanted;
  }
  if (missing.length > 0) {
    throw new AdapterError(
      `open: adapter '${adapterName}' lacks required limits (${missing.join('; ')}); choose another adapter`,
    );
  }
  return requested;
}
