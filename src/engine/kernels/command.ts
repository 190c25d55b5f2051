import type { Gate } from '../graph/graph.js';
import type { Cost } from '../graph/operation.js';

/** A dispatch with its pipeline and bind group, ready to be encoded. */
export interface Command {
  /** "operation: kernel". */
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  /** Workgroups in x, y and z. */
  readonly grid: readonly [number, number, number];
  readonly cost: Cost;
  /** The command is skipped in runs in which this gate is closed. */
  readonly gate?: Gate;
}
