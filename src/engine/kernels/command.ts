import type { Gate } from '../graph/graph.js';
import type { Cost } from '../graph/operation.js';
/** A dispatch ready to be encoded. */
export interface Command {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly grid: readonly [number, number, number];
  readonly cost: Cost;
  /** Left out of the runs in which this is closed. */
  readonly gate?: Gate;
}
