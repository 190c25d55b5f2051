import type { Value } from '../graph/graph.js';
import type { Initializer, Variable, VariableSet } from '../graph/variables.js';
import { linear } from '../ops/matmul/linear.js';
import { defaultBias, defaultWeight } from './initializers.js';

/** Settings of a fully connected layer. */
export interface LinearSettings {
  /** Input features. */
  readonly inputs: number;
  /** Output features. */
  readonly outputs: number;
  /** Add a bias. Default true. */
  readonly bias?: boolean;
  /** Initializer of the weights; default that of PyTorch, `defaultWeight`. */
  readonly initializer?: Initializer;
}

/** A fully connected layer; weights f32 [inputs, outputs], bias f32 [outputs]. */
export class Linear {
  readonly weight: Variable;
  readonly bias?: Variable;

  /**
   * Adds the variables `name`/weight and, unless `bias` is false, `name`/bias to the set.
   * @throws {AttributeError} when a name is taken, or the set is already in use
   */
  constructor(set: VariableSet, name: string, settings: LinearSettings) {
    const { inputs, outputs, bias = true, initializer = defaultWeight } = settings;
    this.weight = set.add(`${name}/weight`, [inputs, outputs], initializer, { layout: 'matrix' });
    if (bias) this.bias = set.add(`${name}/bias`, [outputs], defaultBias(inputs));
  }

  /**
   * Applies the layer.
   * @param x f32 or f16 [N, inputs] or [N, 1, 1, inputs]
   * @returns [N, outputs] of the element type of x
   * @throws {ShapeError | DTypeError} as `linear`
   */
  forward(x: Value): Value {
    const { graph } = x;
    return linear(x, graph.read(this.weight), this.bias && graph.read(this.bias));
  }
}
