import { AdapterError } from '../errors/errors.js';

export type AdapterKind = 'hardware' | 'lavapipe' | 'swiftshader' | 'other-software';

/** What is known of an adapter, as plain data for results and reports. */
export interface AdapterSummary {
  kind: AdapterKind;
  /** The most telling name the implementation gives. */
  name: string;
  vendor: string;
  architecture: string;
  description: string;
  /** The driver with its version, or '' where the implementation does not say (browsers). */
  driver: string;
  /** The native interface below WebGPU, where known: 'vulkan', 'metal', 'd3d12'. */
  backend?: string;
}

export type LimitName = Exclude<keyof GPUSupportedLimits, '__brand'>;

/**
 * What every kernel may count on: the specification's defaults, which any adapter in core mode offers. More is not
 * asked for, so that a kernel that works here works everywhere.
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

/** Limits taken as large as the adapter offers: only how much fits depends on them, never what a kernel does. */
const LARGEST_LIMITS: readonly LimitName[] = ['maxBufferSize', 'maxStorageBufferBindingSize'];

/** Features that are used where present; nothing needs them. */
export const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups', 'shader-f16'];

/** Describes the adapter by what WebGPU tells of it and by the `backend` that its opener knows. */
export function summarizeAdapter(info: GPUAdapterInfo, backend?: string): AdapterSummary {
  const { vendor, architecture, device, description } = info;
  // Dawn makes device names lower case and puts a hyphen for everything else, at the end too.
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

/** Whether this is Dawn's Null backend, which accepts everything and computes nothing. */
export function isNullAdapter(info: GPUAdapterInfo): boolean {
  const { vendor, architecture, device, description } = info;
  return [vendor, architecture, device, description].some((name) => /^null([\s-]|$)/i.test(name));
}

/** The limits to request from an adapter. Throws AdapterError when a required one is out of its reach. */
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
