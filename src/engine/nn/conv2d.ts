import { AttributeError } from '../errors/errors.js';
import type { Value } from '../graph/graph.js';
import type { Initializer, Variable, VariableSet } from '../graph/variables.js';
import { conv2d } from '../ops/conv/conv2d.js';
import { type Conv2dOptions, convolutionWeightLayout } from '../ops/conv/conv2dGeometry.js';
import { defaultBias, defaultWeight, fan } from './initializers.js';

export interface Conv2dSettings extends Conv2dOptions {
  /** Channels of the input. */
  readonly inputs: number;
  /** Channels of the output. */
  readonly outputs: number;
  /** Height and width of the kernel in pixels. */
  readonly kernel: number | readonly [number, number];
  /** Default false: batch norm usually follows. */
  readonly bias?: boolean;
  /** Of the weights; default PyTorch's. */
  readonly initializer?: Initializer;
}

/** A convolution with its weights [kernelHeight, kernelWidth, inputs / groups, outputs]. */
export class Conv2d {
  readonly weight: Variable;
  readonly bias?: Variable;

  /**
   * Adds the variables `name`/weight and, if wanted, `name`/bias to the set.
   * @throws AttributeError unless groups divides inputs and outputs
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

  /** @param x [images, height, width, inputs] */
  forward(x: Value): Value {
    const { graph } = x;
    const { stride, padding, dilation, groups } = this.settings;
    const bias = this.bias && graph.read(this.bias);
    return conv2d(x, graph.read(this.weight), { stride, padding, dilation, groups, bias });
  }
}
