import type { AdapterSummary, LimitName } from './adapter.js';

/** What is known of a device, as plain data: all that planning needs. An open `Gpu` is one. */
export interface DeviceDescription {
  readonly info: AdapterSummary;
  /** Names of the WebGPU features that are enabled. */
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<LimitName, number>>;
  /** Bytes that all buffers may take together; undefined where no limit is known. */
  readonly memoryLimit: number | undefined;
  /** Fewest lanes of a subgroup; 0 without subgroups. */
  readonly subgroupLanes: number;
}
