import type { Variable } from '../../../../engine/graph/variables.js';
import type { Linear } from '../../../../engine/nn/linear.js';
import type { Compiler } from '../../../../engine/runtime/compiler.js';
import { readVariables } from '../../../training/loop/readVariables.js';
import { type HostState, hostLinear, hostLogSoftmax, hostLstm, hostNormalise, type Weights } from '../hostNetwork.js';
import type { NaoNetwork } from './network.js';

/** The decoder with a copy of its weights on the host, in float64: each step needs the token before, so a device would wait at each. */
export class HostDecoder {
  private constructor(
    private readonly network: NaoNetwork,
    private readonly weights: ReadonlyMap<Variable, Weights>,
  ) {}

  static async read(engine: Compiler, network: NaoNetwork): Promise<HostDecoder> {
    const variables = network.weights.variables.filter(({ name }) => name.startsWith('decoder/'));
    const read = await readVariables(engine, variables);
    return new HostDecoder(network, new Map(variables.map((variable, i) => [variable, read[i]])));
  }

  /**
   * The likeliest option of every choice, one after the other.
   * @param outputs of the encoder, one a token, of norm 1
   */
  decode(outputs: readonly Float64Array[]): number[] {
    const { vocabulary, decoder, decoderEmbedding, decoderStart, combine, logits } = this.network;
    const { hidden } = this.network.settings;
    const embedding = hostNormalise(
      average(
        outputs,
        outputs.map(() => 1 / outputs.length),
      ),
    );
    let state: HostState = { hidden: embedding, cell: embedding };
    let x = this.of(decoderStart);
    return vocabulary.counts.map((count, choice) => {
      state = hostLstm(x, state, this.of(decoder.weight), this.of(decoder.bias));
      const query = this.linear(this.network.query, state.hidden);
      const scores = Float64Array.from(outputs, (output) =>
        output.reduce((sum, value, i) => sum + value * query[i], 0),
      );
      const context = average(outputs, hostLogSoftmax(scores).map(Math.exp));
      const both = Float64Array.from([...context, ...state.hidden]);
      const tokens = this.linear(logits, this.linear(combine, both).map(Math.tanh));
      const first = vocabulary.first[choice];
      const options = tokens.subarray(first, first + count);
      const option = options.indexOf(Math.max(...options));
      const row = (first + option) * hidden;
      x = Array.prototype.slice.call(this.of(decoderEmbedding), row, row + hidden) as number[];
      return option;
    });
  }

  private linear({ weight, bias }: Linear, x: Float64Array): Float64Array {
    return hostLinear(x, this.of(weight), weight.type.shape[1], bias && this.of(bias));
  }

  private of(variable: Variable): Weights {
    return this.weights.get(variable)!;
  }
}

function average(rows: readonly Float64Array[], weights: ArrayLike<number>): Float64Array {
  return rows[0].map((_, i) => rows.reduce((sum, row, k) => sum + weights[k] * row[i], 0));
}
