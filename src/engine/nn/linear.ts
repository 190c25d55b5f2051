import type { Value } from '../graph/graph.js';
import type { Initializer, Variable, VariableSet } from '../graph/variables.js';
import { linear } from '../ops/matmul/linear.js';
import { defaultBias, defaultWeight } from './initializers.js';

export interface LinearSettings {
  readonly inputs: number;
  readonly outputs: number;
  /** Default true. */
  readonly bias?: boolean;
  /** Of the weights; default PyTorch's. */
  readonly initializer?: Initializer;
}

/** A fully connected layer with its weights [inputs, outputs]. */
export class Linear {
  readonly weight: Variable;
  readonly bias?: Variable;

  /** Adds the variables `name`/weight and, unless unwanted, `name`/bias to the set. */
  constructor(set: VariableSet, name: string, settings: LinearSettings) {
    const { inputs, outputs, bias = true, initializer = defaultWeight } = settings;
    this.weight = set.add(`${name}/weight`, [inputs, outputs], initializer, { layout: 'matrix' });
    if (bias) this.bias = set.add(`${name}/bias`, [outputs], defaultBias(inputs));
  }

  /** @param x [N, inputs] or [N, 1, 1, inputs] @returns [N, outputs] */
  forward(x: Value): Value {
    const { graph } = x;
    return linear(x, graph.read(this.weight), this.bias && graph.read(this.bias));
  }
}
