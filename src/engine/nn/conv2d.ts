import { AttributeError } from '../errors/errors.js';
import type { Value } from '../graph/graph.js';
import type { Initializer, Variable, VariableSet } from '../graph/variables.js';
import { conv2d } from '../ops/conv/conv2d.js';
import { type Conv2dOptions, convolutionWeightLayout } from '../ops/conv/conv2dGeometry.js';
import { defaultBias, defaultWeight, fan } from './initializers.js';

/** Settings of a convolution layer, in pixels. */
export interface Conv2dSettings extends Conv2dOptions {
  /** Input channels. */
  readonly inputs: number;
  /** Output channels. */
  readonly outputs: number;
  /** Kernel size: rows, columns. */
  readonly kernel: number | readonly [number, number];
  /** Add a bias. Default false, since batch norm usually follows. */
  readonly bias?: boolean;
  /** Initializer of the weights; default that of PyTorch, `defaultWeight`. */
  readonly initializer?: Initializer;
}

/** A convolution layer; weights f32 [kernelHeight, kernelWidth, inputs / groups, outputs], bias f32 [outputs]. */
export class Conv2d {
  readonly weight: Variable;
  readonly bias?: Variable;

  /**
   * Adds the variables `name`/weight and, with a bias, `name`/bias to the set.
   * @throws {AttributeError} when `groups` does not divide inputs and outputs, a name is taken, or the set is already in use
   */
  constructor(
    set: VariableSet,
    name: string,
    private readonly settings: Conv2dSettings,
  ) {
    const { inputs, outputs, kernel, groups = 1, bias = false, initializer = defaultWeight } = settings;
    if (inputs % groups !== 0 || outputs % groups !== 0)
      throw new AttributeError(
        `Conv2d "${name}": groups is ${groups}, wanted a divisor of ${inputs} inputs and ${outputs} outputs`,
      );
    const taps = typeof kernel === 'number' ? [kernel, kernel] : kernel;
    this.weight = set.add(`${name}/weight`, [...taps, inputs / groups, outputs], initializer, {
      layout: convolutionWeightLayout(groups),
    });
    if (bias) this.bias = set.add(`${name}/bias`, [outputs], defaultBias(fan(this.weight.type, 'fanIn')));
  }

  /**
   * Applies the layer.
   * @param x f32 or f16 [images, height, width, inputs]
   * @returns [images, outputHeight, outputWidth, outputs], as `conv2d`, of the element type of x
   * @throws {ShapeError | DTypeError | AttributeError} as `conv2d`
   */
  forward(x: Value): Value {
    const { graph } = x;
    const { stride, padding, dilation, groups } = this.settings;
    const bias = this.bias && graph.read(this.bias);
    return conv2d(x, graph.read(this.weight), { stride, padding, dilation, groups, bias });
  }
}
