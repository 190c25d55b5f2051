import type { Value } from '../graph/graph.js';

import type { Initializer, Variable, VariableSet } from '../graph/variables.js';
import { depthwiseConv2d } from '../ops/conv/depthwiseConv2d.js';
import { batchNormDepthwise } from '../ops/norm/batchNormDepthwise.js';
import { trackStatistics } from '../ops/norm/batchNormRunning.js';
import type { BatchNorm2d, BatchNormMode } from './batchNorm2d.js';
import { uniform } from './initializers.js';

/** Settings of a depthwise convolution layer, in pixels; stride, padding and dilation as in `Conv2dOptions`. */
export interface DepthwiseConv2dSettings {
  /** Input channels. */
  readonly channels: number;
  /** Kernels per channel (channel multiplier), whose outputs are concatenated. Default 1. */
  readonly copies?: number;
  /** Kernel size: rows, columns. */
  readonly kernel: number | readonly [number, number];
  readonly stride?: number | readonly [number, number];
  readonly padding?: number | readonly [number, number] | readonly [number, number, number, number];
  readonly dilation?: number | readonly [number, number];
  /** Apply a ReLU to the input. Default false. */
  readonly relu?: boolean;
  /** Initializer of the weights; default that of PyTorch's depthwise Conv2d, uniform in +-1 / sqrt(taps). */
  readonly initializer?: Initializer;
}

/** A depthwise convolution layer; weights f32 [kernelHeight, kernelWidth, copies, channels]. */
export class DepthwiseConv2d {
  readonly weight: Variable;

  /**
   * Adds the variable `name`/weight to the set.
   * @throws {AttributeError} when the name is taken, or the set is already in use
   */
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
   * Applies the layer.
   * @param x f32 [images, height, width, channels]
   * @returns f32 [images, outputHeight, outputWidth, copies * channels]
   * @throws {ShapeError | DTypeError | AttributeError} as `depthwiseConv2d`
   */
  forward(x: Value): Value {
    const { stride, padding, dilation, relu } = this.settings;
    return depthwiseConv2d(x, x.graph.read(this.weight), { stride, padding, dilation, relu });
  }

  /**
   * Applies batch norm, ReLU and the layer. In mode `batch` the kernels normalise x while they read it, so that the input of
   * the convolution is not stored; this needs stride 1 and a kernel of 3 x 3 or 5 x 5.
   * @param x f32 [images, height, width, channels]
   * @returns f32 [images, outputHeight, outputWidth, copies * channels]
   * @throws {ShapeError | DTypeError | AttributeError} as `batchNormDepthwise`, or in mode `running` as `batchNorm`
   */
  afterNorm(x: Value, norm: BatchNorm2d, mode: BatchNormMode): Value {
    const { graph } = x;
    const { stride, padding, dilation } = this.settings;
    const w = graph.read(this.weight);
    if (mode === 'running')
      return depthwiseConv2d(norm.forward(x, mode, { relu: true }), w, { stride, padding, dilation });
    const { running, momentum, ...options } = norm.mixedNorm(graph);
    const { y, mean, variance } = batchNormDepthwise(x, w, { stride, padding, dilation, ...options });
    if (running) trackStatistics(running, x, { mean, variance }, momentum);
    return y;
  }
}
