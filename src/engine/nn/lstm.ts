import { AttributeError, ShapeError } from '../errors/errors.js';
import type { Graph, Value } from '../graph/graph.js';
import { formatType, logicalSize } from '../graph/types.js';
import type { Initializer, Variable, VariableSet } from '../graph/variables.js';
import { concat } from '../ops/copy/concat.js';
import { linear } from '../ops/matmul/linear.js';
import { lstmCell } from '../ops/recurrent/lstmCell.js';
import { uniform } from './initializers.js';

export interface LstmSettings {
  readonly inputs: number;
  /** Units of the state, a multiple of four. */
  readonly hidden: number;
  /** Of the weights and the bias; default PyTorch's, uniform in +-1 / sqrt(hidden). */
  readonly initializer?: Initializer;
}

/** What goes from one step to the next, both [batch, hidden]. */
export interface LstmState {
  readonly hidden: Value;
  readonly cell: Value;
}

/**
 * A cell of long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000):
 * c' = sigmoid(f) c + sigmoid(i) tanh(g), h' = sigmoid(o) tanh(c'), where [i, f, g, o] = [x, h] weight + bias.
 */
export class Lstm {
  /** [inputs + hidden, 4 hidden]. */
  readonly weight: Variable;
  /** [4 hidden]; the sum of PyTorch's two. */
  readonly bias: Variable;
  private readonly inputs: number;
  private readonly hidden: number;

  /** Adds the variables `name`/weight and `name`/bias to the set. @throws AttributeError */
  constructor(set: VariableSet, name: string, { inputs, hidden, initializer }: LstmSettings) {
    if (hidden % 4 !== 0)
      throw new AttributeError(`Lstm "${name}": hidden is ${hidden}, wanted a multiple of four units`);
    const bound = 1 / Math.sqrt(hidden);
    const each = initializer ?? uniform(-bound, bound);
    const twice: Initializer = (type, random) => {
      const [first, second] = [each(type, random), each(type, random)];
      return Float32Array.from({ length: logicalSize(type) }, (_, i) => first[i] + second[i]);
    };
    this.weight = set.add(`${name}/weight`, [inputs + hidden, 4 * hidden], each, { layout: 'matrix' });
    this.bias = set.add(`${name}/bias`, [4 * hidden], twice);
    this.inputs = inputs;
    this.hidden = hidden;
  }

  /** The state before the first step: zeros. */
  start(graph: Graph, batch: number): LstmState {
    const zero = graph.constant(new Float32Array(batch * this.hidden), [batch, this.hidden]);
    return { hidden: zero, cell: zero };
  }

  /**
   * One step.
   * @param x [batch, inputs]
   * @throws ShapeError
   */
  forward(x: Value, state: LstmState): LstmState {
    const { graph } = x;
    const { hidden: units, inputs } = this;
    const batch = x.shape[0];
    for (const [argument, value, width] of [
      ['x', x, inputs],
      ['state.hidden', state.hidden, units],
      ['state.cell', state.cell, units],
    ] as const)
      if (String(value.shape) !== `${batch},${width}`)
        throw new ShapeError(
          `Lstm: ${argument} is ${formatType(value.type)}, wanted f32[batch, ${width}], the same batch everywhere`,
        );
    const gates = linear(concat([x, state.hidden]), graph.read(this.weight), graph.read(this.bias));
    const [hidden, cell] = lstmCell(gates, state.cell);
    return { hidden, cell };
  }
}
