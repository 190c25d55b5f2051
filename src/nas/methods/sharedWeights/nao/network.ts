import type { Value } from '../../../../engine/graph/graph.js';
import { type Variable, VariableSet } from '../../../../engine/graph/variables.js';
import { normal } from '../../../../engine/nn/initializers.js';
import { Linear } from '../../../../engine/nn/linear.js';
import { Lstm, type LstmState } from '../../../../engine/nn/lstm.js';
import { concat } from '../../../../engine/ops/copy/concat.js';
import { reshape } from '../../../../engine/ops/copy/flatten.js';
import { split } from '../../../../engine/ops/copy/split.js';
import { multiply } from '../../../../engine/ops/elementwise/multiply.js';
import { relu } from '../../../../engine/ops/elementwise/relu.js';
import { reciprocal, sigmoid, squareRoot, tanh } from '../../../../engine/ops/elementwise/unary.js';
import { batchedMatmul } from '../../../../engine/ops/matmul/batchedMatmul.js';
import { matmul } from '../../../../engine/ops/matmul/matmul.js';
import { globalAveragePool } from '../../../../engine/ops/pool/globalAveragePool.js';
import { softmax } from '../../../../engine/ops/reduce/softmax.js';
import type { Vocabulary } from './vocabulary.js';

export interface NaoNetworkSettings {
  /** Numbers of a token's embedding in the encoder. */
  readonly embedding: number;
  /** Units of both LSTMs, and numbers of an architecture's embedding; a multiple of four. */
  readonly hidden: number;
  /** Units of the predictor's hidden layers. */
  readonly predictor: readonly number[];
}

/**
 * The networks of NAO (Luo et al. 2018, 1808.07233, section 3): an encoder of a sequence of tokens, a predictor of accuracy on what it
 * gives, a decoder that attends to it and gives the sequence back. Rows of `batch` sequences of T tokens stand sequence by sequence.
 */
export class NaoNetwork {
  readonly weights = new VariableSet('nao');
  readonly encoderEmbedding: Variable;
  readonly encoder: Lstm;
  readonly predictor: readonly Linear[];
  readonly decoderEmbedding: Variable;
  /** `[1, hidden]`: what the decoder's first step reads. */
  readonly decoderStart: Variable;
  readonly decoder: Lstm;
  /** Query of the decoder's attention over the outputs of the encoder. */
  readonly query: Linear;
  /** Of [context, decoder's output], before its tanh. */
  readonly combine: Linear;
  readonly logits: Linear;

  constructor(
    readonly vocabulary: Vocabulary,
    readonly settings: NaoNetworkSettings,
  ) {
    const { weights } = this;
    const { embedding, hidden, predictor } = settings;
    const table = (name: string, rows: number, columns: number) =>
      weights.add(name, [rows, columns], normal(0, 1), { layout: 'matrix' });
    this.encoderEmbedding = table('encoder/embedding', vocabulary.size, embedding);
    this.encoder = new Lstm(weights, 'encoder/lstm', { inputs: embedding, hidden });
    const sizes = [hidden, ...predictor, 1];
    this.predictor = sizes
      .slice(1)
      .map((outputs, i) => new Linear(weights, `predictor/${i + 1}`, { inputs: sizes[i], outputs }));
    this.decoderEmbedding = table('decoder/embedding', vocabulary.size, hidden);
    this.decoderStart = table('decoder/start', 1, hidden);
    this.decoder = new Lstm(weights, 'decoder/lstm', { inputs: hidden, hidden });
    this.query = new Linear(weights, 'decoder/query', { inputs: hidden, outputs: hidden, bias: false });
    this.combine = new Linear(weights, 'decoder/combine', { inputs: 2 * hidden, outputs: hidden });
    this.logits = new Linear(weights, 'decoder/logits', { inputs: hidden, outputs: vocabulary.size });
  }

  /**
   * @param tokens [batch T, vocabulary]: 1 at every token
   * @returns the encoder's outputs, of norm 1, [batch T, hidden]
   */
  encode(tokens: Value): Value {
    const { graph } = tokens;
    const batch = tokens.shape[0] / this.vocabulary.length;
    const inputs = this.steps(matmul(tokens, graph.read(this.encoderEmbedding)));
    return normaliseRows(this.unroll(this.encoder, inputs, this.encoder.start(graph, batch)));
  }

  /** The embedding of architectures: the mean of the encoder's outputs, of norm 1. @returns [batch, hidden] */
  embed(outputs: Value): Value {
    const [rows, hidden] = outputs.shape;
    const { length } = this.vocabulary;
    return normaliseRows(globalAveragePool(reshape(outputs, [rows / length, length, 1, hidden])));
  }

  /** @param embedding [batch, hidden] @returns accuracies between 0 and 1, [batch, 1] */
  predict(embedding: Value): Value {
    const last = this.predictor.length - 1;
    return sigmoid(
      this.predictor.reduce((x, layer, i) => {
        const y = layer.forward(x);
        return i < last ? relu(y) : y;
      }, embedding),
    );
  }

  /**
   * The decoder, given the right token before each (teacher forcing).
   * @param tokens [batch T, vocabulary]
   * @param outputs of the encoder
   * @param embedding of the architectures, which both parts of its state start from
   * @returns logits of tokens, [batch T, vocabulary]
   */
  decode(tokens: Value, outputs: Value, embedding: Value): Value {
    const { graph } = tokens;
    const { length } = this.vocabulary;
    const [batch, hidden] = embedding.shape;
    const start = matmul(graph.constant(new Float32Array(batch).fill(1), [batch, 1]), graph.read(this.decoderStart));
    const taken = this.steps(matmul(tokens, graph.read(this.decoderEmbedding)));
    const inputs = [start, ...taken.slice(0, -1)];
    const decoded = this.unroll(this.decoder, inputs, { hidden: embedding, cell: embedding });
    const sequences = (x: Value) => reshape(x, [batch, length, hidden]);
    const scores = batchedMatmul(sequences(this.query.forward(decoded)), sequences(outputs), { transpose: 'b' });
    const context = reshape(batchedMatmul(softmax(scores), sequences(outputs)), [batch * length, hidden]);
    return this.logits.forward(tanh(this.combine.forward(concat([context, decoded]))));
  }

  /** Rows of sequences as one [batch, columns] a step. */
  private steps(x: Value): readonly Value[] {
    const [rows, columns] = x.shape;
    const { length } = this.vocabulary;
    return split(reshape(x, [rows / length, length * columns]), Array<number>(length).fill(columns));
  }

  private unroll(lstm: Lstm, inputs: readonly Value[], start: LstmState): Value {
    let state = start;
    const outputs = inputs.map((x) => {
      state = lstm.forward(x, state);
      return state.hidden;
    });
    const [batch, hidden] = state.hidden.shape;
    return reshape(concat(outputs), [batch * outputs.length, hidden]);
  }
}

/** Rows divided by their 2-norms, which must not be 0. @param x [rows, columns] */
function normaliseRows(x: Value): Value {
  const { graph } = x;
  const ones = (...shape: [number, number]) => graph.constant(new Float32Array(shape[0] * shape[1]).fill(1), shape);
  const columns = x.shape[1];
  const inverse = reciprocal(squareRoot(matmul(multiply(x, x), ones(columns, 1))));
  return multiply(x, matmul(inverse, ones(1, columns)));
}

/** Tokens as rows of flags; rows past the sequences are zero. */
export function tokenFlags(sequences: readonly (readonly number[])[], batch: number, vocabulary: Vocabulary) {
  const flags = new Float32Array(batch * vocabulary.length * vocabulary.size);
  sequences.flat().forEach((token, row) => {
    flags[row * vocabulary.size + token] = 1;
  });
  return flags;
}
