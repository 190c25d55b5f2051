import type { Graph, Value } from '../graph/graph.js';
import { type Variable, type VariableSet, zeros } from '../graph/variables.js';
import type { MixedNorm } from '../ops/mixed/mixedEdges.js';
import { batchNorm } from '../ops/norm/batchNorm.js';
import type { RunningStatistics } from '../ops/norm/batchNormRunning.js';
import { ones } from './initializers.js';

/** Settings of a batch norm layer. */
export interface BatchNorm2dSettings {
  /** Channels of input and output. */
  readonly channels: number;
  /** Learn scale and shift. Default true. */
  readonly affine?: boolean;
  /** Keep running statistics. Default true. */
  readonly trackRunningStatistics?: boolean;
  /** Weight of a batch in the running statistics (PyTorch's momentum). Default 0.1. */
  readonly momentum?: number;
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
}

/**
 * `batch`: normalise with batch statistics, and update the running statistics where they are kept; `running`: normalise with
 * the running statistics.
 */
export type BatchNormMode = 'batch' | 'running';

/** Batch normalisation over all dimensions but the channels (Ioffe and Szegedy 2015). */
export class BatchNorm2d {
  private readonly affine?: { readonly gamma: Variable; readonly beta: Variable };
  private readonly running?: RunningStatistics;

  /**
   * Adds the variables `name`/gamma and `name`/beta to `weights`, and `name`/mean and `name`/variance to
   * `runningStatistics`, all f32 [channels], as far as the settings want them.
   * @throws {AttributeError} when a name is taken in its set, or the set is already in use
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

  /** Options for an operation with built-in batch norm to compute what this layer does in mode `batch`. */
  mixedNorm(graph: Graph): MixedNorm {
    const { epsilon, momentum } = this.settings;
    const affine = this.affine && { gamma: graph.read(this.affine.gamma), beta: graph.read(this.affine.beta) };
    return { affine, running: this.running, momentum, epsilon };
  }

  /**
   * Applies the layer.
   * @param x f32 [..., channels] of rank 2 or more
   * @param options relu: apply a ReLU to the result in the same pass
   * @returns a value of the type of x
   * @throws {AttributeError} when the mode is `running` and no running statistics are kept, or `batch` and they would be
   *   updated from fewer than two elements per channel
   * @throws {ShapeError | DTypeError} when x is not as above
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
