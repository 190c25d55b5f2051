import type { Graph, Value } from '../graph/graph.js';
import { type Variable, type VariableSet, zeros } from '../graph/variables.js';
import type { MixedNorm } from '../ops/mixed/mixedEdges.js';
import { batchNorm } from '../ops/norm/batchNorm.js';
import { ones } from './initializers.js';

export interface BatchNorm2dSettings {
  readonly channels: number;
  /** Scale and shift, learned. Default true. */
  readonly affine?: boolean;
  /** Keep running averages. Default true. */
  readonly trackRunningStatistics?: boolean;
  /** Weight of a batch in the running averages. Default 0.1. */
  readonly momentum?: number;
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
}

/**
 * `batch`: normalise by the batch's own statistics, and move the running averages where they are kept; `running`:
 * normalise by the running averages.
 */
export type BatchNormMode = 'batch' | 'running';

/** Batch normalisation over all dimensions but the channels. */
export class BatchNorm2d {
  private readonly affine?: { readonly gamma: Variable; readonly beta: Variable };
  private readonly running?: { readonly mean: Variable; readonly variance: Variable };

  /**
   * Adds the variables `name`/gamma and `name`/beta to `weights`, `name`/mean and `name`/variance to `averages`, those that
   * the settings ask for.
   */
  constructor(
    weights: VariableSet,
    runningStatistics: VariableSet,
    name: string,
    private readonly settings: BatchNorm2dSettings,
  ) {
    const { channels, affine = true, trackRunningStatistics = true } = settings;
    if (affine)
      this.affine = {
        gamma: weights.add(`${name}/gamma`, [channels], ones),
        beta: weights.add(`${name}/beta`, [channels], zeros),
      };
    if (trackRunningStatistics)
      this.running = {
        mean: runningStatistics.add(`${name}/mean`, [channels], zeros),
        variance: runningStatistics.add(`${name}/variance`, [channels], ones),
      };
  }

  /** What operations that normalise on their way need to do as this layer does in mode `batch`. */
  mixedNorm(graph: Graph): MixedNorm {
    const { epsilon, momentum } = this.settings;
    const affine = this.affine && { gamma: graph.read(this.affine.gamma), beta: graph.read(this.affine.beta) };
    return { affine, running: this.running, momentum, epsilon };
  }

  /**
   * @param x [..., channels]
   * @param options relu: the output's ReLU, in the same pass
   * @throws AttributeError in mode `running` where no running averages are kept
   */
  forward(x: Value, mode: BatchNormMode, { relu = false }: { readonly relu?: boolean } = {}): Value {
    const { epsilon, momentum } = this.settings;
    return batchNorm(x, {
      mode: mode === 'batch' ? 'training' : 'inference',
      gamma: this.affine && x.graph.read(this.affine.gamma),
      beta: this.affine && x.graph.read(this.affine.beta),
      running: this.running,
      epsilon,
      momentum,
      relu,
    });
  }
}
