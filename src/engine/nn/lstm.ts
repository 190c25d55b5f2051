import { AttributeError, ShapeError } from '../errors/errors.js';
import type { Graph, Value } from '../graph/graph.js';
import { formatType, logicalSize } from '../graph/types.js';
import type { Initializer, Variable, VariableSet } from '../graph/variables.js';
import { concat } from '../ops/copy/concat.js';
import { linear } from '../ops/matmul/linear.js';
import { lstmCell } from '../ops/recurrent/lstmCell.js';
import { uniform } from './initializers.js';

/** Settings of an LSTM cell. */
export interface LstmSettings {
  /** Input features. */
  readonly inputs: number;
  /** Hidden units, a multiple of four. */
  readonly hidden: number;
  /** Initializer of weights and biases; default that of PyTorch, uniform in +-1 / sqrt(hidden). */
  readonly initializer?: Initializer;
}

/** Recurrent state, f32 [batch, hidden] each. */
export interface LstmState {
  readonly hidden: Value;
  readonly cell: Value;
}

/**
 * A long short-term memory cell (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000):
 * c' = sigmoid(f) c + sigmoid(i) tanh(g), h' = sigmoid(o) tanh(c'), where [i, f, g, o] = [x, h] weight + bias.
 */
export class Lstm {
  /** f32 [inputs + hidden, 4 hidden], gates in the order i, f, g, o. */
  readonly weight: Variable;
  /** f32 [4 hidden]: the sum of PyTorch's two biases. */
  readonly bias: Variable;
  private readonly inputs: number;
  private readonly hidden: number;

  /**
   * Adds the variables `name`/weight and `name`/bias to the set.
   * @throws {AttributeError} when `hidden` is no multiple of four, a name is taken, or the set is already in use
   */
  constructor(set: VariableSet, name: string, { inputs, hidden, initializer }: LstmSettings) {
    if (hidden % 4 !== 0) throw new AttributeError(`Lstm "${name}": hidden is ${hidden}, wanted a multiple of four`);
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

  /** The initial state, zeros. */
  start(graph: Graph, batch: number): LstmState {
    const zero = graph.constant(new Float32Array(batch * this.hidden), [batch, this.hidden]);
    return { hidden: zero, cell: zero };
  }

  /**
   * Computes one step.
   * @param x f32 [batch, inputs]
   * @returns the next state
   * @throws {ShapeError} when x or the state is not of its shape, or their batches differ
   * @throws {DTypeError} when a value is u32 or f16
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
