import type { Graph, Value } from '../../../../engine/graph/graph.js';
import { type Variable, VariableSet } from '../../../../engine/graph/variables.js';
import { uniform } from '../../../../engine/nn/initializers.js';
import { Lstm } from '../../../../engine/nn/lstm.js';
import { slice } from '../../../../engine/ops/copy/slice.js';
import { scale } from '../../../../engine/ops/elementwise/scale.js';
import { tanh } from '../../../../engine/ops/elementwise/unary.js';
import { linear } from '../../../../engine/ops/matmul/linear.js';
import { matmul } from '../../../../engine/ops/matmul/matmul.js';
import { logSoftmax } from '../../../../engine/ops/reduce/softmax.js';
import type { Choice } from '../../../spaces/shared/space.js';

export interface ControllerNetworkSettings {
  /** Units of the LSTM, and numbers of an embedding; a multiple of four. */
  readonly hidden: number;
  /** Divisor of logits before their tanh. */
  readonly temperature: number;
  /** Bound of logits: tanhConstant * tanh(logit / temperature). 0: logit / temperature, unbounded. */
  readonly tanhConstant: number;
}

/** What belongs to all choices of the same options. */
export interface OptionTable {
  /** `[options, hidden]`: what the next step reads when one of them was taken. */
  readonly embedding: Variable;
  /** [hidden, options] and [options]. */
  readonly weight: Variable;
  readonly bias: Variable;
}

/** Every weight starts uniform in +-0.1, as in the published controller. */
const INITIAL = uniform(-0.1, 0.1);

/**
 * The controller of ENAS (Pham et al. 2018, 1802.03268, section 2.2) on the choices of any space: an LSTM processes one choice a
 * step; its input is the embedding of the option chosen before, its output the distribution of the next choice.
 */
export class ControllerNetwork {
  readonly weights = new VariableSet('controller');
  readonly lstm: Lstm;
  /** `[1, hidden]`: what the first step reads. */
  readonly start: Variable;
  /** One a choice; choices of equal options share theirs. */
  readonly tables: readonly OptionTable[];
  /** Where the flags of each choice's options start in a row of actions: at multiples of four, so that slices are views. */
  readonly offsets: readonly number[];
  /** Length of a row of actions. */
  readonly width: number;

  constructor(
    readonly choices: readonly Choice[],
    readonly settings: ControllerNetworkSettings,
  ) {
    const { weights } = this;
    const { hidden } = settings;
    this.lstm = new Lstm(weights, 'lstm', { inputs: hidden, hidden, initializer: INITIAL });
    this.start = weights.add('start', [1, hidden], INITIAL, { layout: 'matrix' });
    const known = new Map<string, OptionTable>();
    this.tables = choices.map(({ options }) => {
      const key = JSON.stringify(options);
      let table = known.get(key);
      if (!table) {
        const name = `options ${known.size + 1}`;
        const count = options.length;
        table = {
          embedding: weights.add(`${name}/embedding`, [count, hidden], INITIAL, { layout: 'matrix' }),
          weight: weights.add(`${name}/weight`, [hidden, count], INITIAL, { layout: 'matrix' }),
          bias: weights.add(`${name}/bias`, [count], INITIAL),
        };
        known.set(key, table);
      }
      return table;
    });
    const starts = [0];
    for (const { options } of choices) starts.push(starts[starts.length - 1] + 4 * Math.ceil(options.length / 4));
    this.width = starts.pop()!;
    this.offsets = starts;
  }

  /** The part of rows of actions that belongs to a choice, [batch, options]. */
  part(actions: Value, choice: number): Value {
    return slice(actions, this.offsets[choice], this.choices[choice].options.length);
  }

  /**
   * Log-probabilities of every choice's options, given the options taken before.
   * @param actions [batch, width]: 1 at the option taken of every choice
   * @returns one [batch, options] a choice
   */
  logProbabilities(graph: Graph, actions: Value): Value[] {
    const { temperature, tanhConstant } = this.settings;
    const batch = actions.shape[0];
    let state = this.lstm.start(graph, batch);
    let x = matmul(graph.constant(new Float32Array(batch).fill(1), [batch, 1]), graph.read(this.start));
    return this.tables.map(({ embedding, weight, bias }, choice) => {
      state = this.lstm.forward(x, state);
      if (choice + 1 < this.tables.length) x = matmul(this.part(actions, choice), graph.read(embedding));
      const logits = scale(linear(state.hidden, graph.read(weight), graph.read(bias)), 1 / temperature);
      return logSoftmax(tanhConstant > 0 ? scale(tanh(logits), tanhConstant) : logits);
    });
  }

  /** A row of actions, with `value` at the option taken of every choice. */
  writeActions(row: Float32Array, decisions: readonly number[], value: number): void {
    decisions.forEach((option, choice) => {
      row[this.offsets[choice] + option] = value;
    });
  }
}
