import type { Value } from '../graph/graph.js';
import { channelsOf, logicalSize } from '../graph/types.js';
import type { Initializer, Variable, VariableSet } from '../graph/variables.js';
import { depthwiseConv2d } from '../ops/conv/depthwiseConv2d.js';
import { batchNormDepthwise } from '../ops/norm/batchNormDepthwise.js';
import { updateRunningStatistics } from '../ops/norm/batchNormRunning.js';
import type { BatchNorm2d, BatchNormMode } from './batchNorm2d.js';
import { uniform } from './initializers.js';

export interface DepthwiseConv2dSettings {
  readonly channels: number;
  /** Kernels of each channel, whose outputs lie one after the other. Default 1. */
  readonly copies?: number;
  /** Height and width of the kernel in pixels. */
  readonly kernel: number | readonly [number, number];
  readonly stride?: number | readonly [number, number];
  readonly padding?: number | readonly [number, number] | readonly [number, number, number, number];
  readonly dilation?: number | readonly [number, number];
  /** Convolve max(x, 0). Default false. */
  readonly relu?: boolean;
  /** Of the weights; default that of PyTorch's depthwise Conv2d: uniform in +-1 / sqrt(taps). */
  readonly initializer?: Initializer;
}

/** A depthwise convolution of one copy of the channels or more, with its weights [kernelHeight, kernelWidth, copies, channels]. */
export class DepthwiseConv2d {
  readonly weight: Variable;

  /** Adds the variable `name`/weight to the set. */
  constructor(
    set: VariableSet,
    name: string,
    private readonly settings: DepthwiseConv2dSettings,
  ) {
    const { channels, copies = 1, kernel } = settings;
    const taps = typeof kernel === 'number' ? [kernel, kernel] : kernel;
    const bound = 1 / Math.sqrt(taps[0] * taps[1]);
    const { initializer = uniform(-bound, bound) } = settings;
    this.weight = set.add(`${name}/weight`, [...taps, copies, channels], initializer);
  }

  /**
   * @param x [images, height, width, channels]
   * @returns [images, outputHeight, outputWidth, copies * channels]
   */
  forward(x: Value): Value {
    const { stride, padding, dilation, relu } = this.settings;
    return depthwiseConv2d(x, x.graph.read(this.weight), { stride, padding, dilation, relu });
  }

  /**
   * The convolution of max(norm(x), 0), which is computed as the kernels read x and not stored.
   * @param x [images, height, width, channels]; stride 1, a kernel of 3 x 3 or 5 x 5
   */
  afterNorm(x: Value, norm: BatchNorm2d, mode: BatchNormMode): Value {
    const { graph } = x;
    const { stride, padding, dilation } = this.settings;
    const w = graph.read(this.weight);
    if (mode === 'running')
      return depthwiseConv2d(norm.forward(x, mode, { relu: true }), w, { stride, padding, dilation });
    const { running, momentum, ...options } = norm.mixedNorm(graph);
    const { y, mean, variance } = batchNormDepthwise(x, w, { stride, padding, dilation, ...options });
    if (running) {
      const count = logicalSize(x.type) / channelsOf(x.type);
      const [runningMean, runningVariance] = [graph.read(running.mean), graph.read(running.variance)];
      updateRunningStatistics(runningMean, runningVariance, mean, variance, { momentum, count });
    }
    return y;
  }
}
