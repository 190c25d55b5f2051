export type { AdapterKind, AdapterSummary, LimitName } from './adapter.js';
export type { DeviceDescription } from './description.js';
export { Gpu, type GpuOptions } from './gpu.js';
export { BufferUsage } from './usage.js';
