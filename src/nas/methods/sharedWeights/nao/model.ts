import { gradients } from '../../../../engine/autodiff/autodiff.js';
import { AttributeError } from '../../../../engine/errors/errors.js';
import type { Graph } from '../../../../engine/graph/graph.js';
import { NO_SAMPLE } from '../../../../engine/ops/data/noSample.js';
import { add } from '../../../../engine/ops/elementwise/add.js';
import { multiply } from '../../../../engine/ops/elementwise/multiply.js';
import { scale } from '../../../../engine/ops/elementwise/scale.js';
import { crossEntropy } from '../../../../engine/ops/loss/crossEntropy.js';
import { sum } from '../../../../engine/ops/reduce/reduce.js';
import { Adam } from '../../../../engine/optim/adam.js';
import { Random } from '../../../../engine/random/random.js';
import type { Compiler } from '../../../../engine/runtime/compiler.js';
import type { Program } from '../../../../engine/runtime/program.js';
import type { Space } from '../../../spaces/shared/space.js';
import { allocateSets, allocateState } from '../../../training/loop/ownedMemory.js';
import { ResourceScope } from '../../../training/loop/resourceScope.js';
import { runSteps, STEPS_AHEAD } from '../../../training/loop/runSteps.js';
import { readSets, writeSets } from '../../../training/loop/sets.js';
import { hostNormalise } from '../hostNetwork.js';
import { HostDecoder } from './hostDecoder.js';
import { NaoNetwork, type NaoNetworkSettings, tokenFlags } from './network.js';
import { Vocabulary } from './vocabulary.js';

export interface NaoOptions extends NaoNetworkSettings {
  /** Epochs of `fit`. */
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  /** Multiple of the weights added to their gradient. */
  readonly weightDecay: number;
  /** Largest norm of the gradient of all weights. */
  readonly clipNorm: number;
  /** Share of the predictor's squared error in the loss; the rest is the decoder's cross entropy. */
  readonly tradeOff: number;
  /** Largest step along the gradient; steps are 1, 2, and so on. */
  readonly longestMove: number;
}

/** Values of the authors' search of cells. */
export const NAO_DEFAULTS: NaoOptions = {
  embedding: 48,
  hidden: 96,
  predictor: [200, 200, 200],
  epochs: 1000,
  batch: 100,
  learningRate: 1e-3,
  weightDecay: 1e-4,
  clipNorm: 5,
  tradeOff: 0.8,
  longestMove: 50,
};

/** A measured architecture. */
export interface NaoRow {
  readonly decisions: readonly number[];
  readonly accuracy: number;
}

/** A state between two calls; `arrays` are weights and moments. */
export interface NaoState {
  readonly values: {
    readonly steps: number;
    /** Of the random numbers that order the rows. */
    readonly position: number;
    /** Lowest and highest accuracy of the last fit. */
    readonly range: readonly [number, number];
  };
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

/**
 * The controller of NAO (Luo et al. 2018, 1808.07233): encoder, predictor and decoder trained together, and architectures improved by
 * moving the outputs of the encoder along the gradient of the prediction.
 */
export class NaoModel {
  private readonly fits = new Map<number, Program>();
  private looking?: Program;
  private decoder?: HostDecoder;
  private steps = 0;
  private range: readonly [number, number] = [0, 1];
  private readonly order: Random;

  private constructor(
    private readonly engine: Compiler,
    readonly network: NaoNetwork,
    private readonly optimizer: Adam,
    private readonly options: NaoOptions,
    seed: number,
    private readonly scope: ResourceScope,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.order = new Random(seed, 'nao batches');
  }

  /**
   * Allocates the model. When it fails, nothing stays allocated.
   * @param options default: `NAO_DEFAULTS`
   * @param signal aborts `fit` between two steps
   */
  static create(
    engine: Compiler,
    space: Pick<Space, 'choices'>,
    options: Partial<NaoOptions>,
    seed: number,
    signal?: AbortSignal,
  ): Promise<NaoModel> {
    const settings = { ...NAO_DEFAULTS, ...options };
    const network = new NaoNetwork(new Vocabulary(space.choices), settings);
    return ResourceScope.create((scope) => {
      allocateSets(scope, engine, [network.weights], seed);
      const optimizer = allocateState(scope, engine, new Adam(network.weights, settings));
      return new NaoModel(engine, network, optimizer, settings, seed, scope, signal);
    });
  }

  /**
   * Trains on architectures and their accuracies, scaled to 0..1, from the present weights on.
   * @throws AttributeError for no rows, or accuracies that are not finite
   */
  async fit(rows: readonly NaoRow[]): Promise<void> {
    const wrong = rows.findIndex(({ accuracy }) => !Number.isFinite(accuracy));
    if (rows.length === 0 || wrong >= 0)
      throw new AttributeError(
        `NaoModel.fit: got ${wrong < 0 ? 'no rows' : `accuracy ${rows[wrong].accuracy} in row ${wrong}`}, wanted rows with finite accuracies`,
      );
    const sequences = rows.map(({ decisions }) => this.network.vocabulary.tokens(decisions));
    const accuracies = rows.map(({ accuracy }) => accuracy);
    const [low, high] = [Math.min(...accuracies), Math.max(...accuracies)];
    this.range = [low, high];
    this.decoder = undefined;
    const targets = accuracies.map((accuracy) => (high > low ? (accuracy - low) / (high - low) : 0.5));
    const batch = Math.min(this.options.batch, 2 ** Math.ceil(Math.log2(rows.length)));
    const program = await this.fitProgram(batch);
    const { engine, signal } = this;
    await runSteps(this.batches(rows.length, batch), { engine, ahead: STEPS_AHEAD.predictor, signal }, (part) => {
      const chosen = part.map((i) => sequences[i]);
      const wanted = part.map((i) => targets[i]);
      program.run({ ...this.rowFeeds(chosen, wanted, batch), ...this.optimizer.feeds(this.steps++) });
    });
  }

  /** Indices of the rows of every step of a fit; every epoch shuffles the order of the one before. */
  private *batches(count: number, batch: number): Generator<readonly number[]> {
    const order = Array.from({ length: count }, (_, i) => i);
    for (let epoch = 0; epoch < this.options.epochs; epoch++) {
      this.order.shuffle(order);
      for (let start = 0; start < count; start += batch) yield order.slice(start, start + batch);
    }
  }

  /** Predicted accuracies of architectures, on the scale of the last fit. */
  async predict(decisions: readonly (readonly number[])[]): Promise<number[]> {
    const [low, high] = this.range;
    return (await this.look(decisions)).map(({ prediction }) => low + (high - low) * prediction);
  }

  /** Architectures encoded and decoded again: themselves, once the model has learnt them. */
  async reconstruct(decisions: readonly (readonly number[])[]): Promise<number[][]> {
    const looks = await this.look(decisions);
    const decoder = await this.hostDecoder();
    return looks.map(({ outputs }) => decoder.decode(outputs));
  }

  /**
   * New architectures, decoded from the outputs H of the encoder after moving them to normalise(H + eta dp/dH), eta = 1, 2, ...
   * @param decisions architectures to start from, the best first
   * @param seen whether to exclude an architecture; called once for each
   * @returns at most `count`; fewer when the largest step finds no more
   */
  async improve(
    decisions: readonly (readonly number[])[],
    count: number,
    seen: (decisions: readonly number[]) => boolean,
  ): Promise<number[][]> {
    const looks = await this.look(decisions);
    const decoder = await this.hostDecoder();
    const tried = new Set<string>();
    const found: number[][] = [];
    for (let eta = 1; eta <= this.options.longestMove; eta++)
      for (const { outputs, slopes } of looks) {
        if (found.length >= count) return found;
        const moved = outputs.map((row, t) => hostNormalise(row.map((value, i) => value + eta * slopes[t][i])));
        const decoded = decoder.decode(moved);
        const key = decoded.join();
        if (tried.has(key)) continue;
        tried.add(key);
        if (!seen(decoded)) found.push(decoded);
      }
    return found;
  }

  async save(): Promise<NaoState> {
    const { steps, range } = this;
    const values = { steps, position: this.order.position, range };
    return { values, arrays: await readSets(this.engine, this.sets) };
  }

  restore({ values, arrays }: NaoState): void {
    writeSets(this.engine, this.sets, arrays);
    this.steps = values.steps;
    this.order.position = values.position;
    this.range = values.range;
    this.decoder = undefined;
  }

  /** Frees what it holds on the device. A second call does nothing. */
  dispose(): void {
    this.scope.dispose();
  }

  private get sets() {
    return [this.network.weights, ...this.optimizer.states];
  }

  private async hostDecoder(): Promise<HostDecoder> {
    this.decoder ??= await HostDecoder.read(this.engine, this.network);
    return this.decoder;
  }

  private async fitProgram(batch: number): Promise<Program> {
    let program = this.fits.get(batch);
    if (!program) {
      program = this.scope.own(
        await this.engine.compile((graph) => {
          this.optimizer.apply(this.loss(graph, batch));
        }),
      );
      this.fits.set(batch, program);
    }
    return program;
  }

  /** The loss over the rows of nonzero weight and their tokens. */
  private loss(graph: Graph, batch: number) {
    const { network, options } = this;
    const { length, size } = network.vocabulary;
    const tokens = graph.feed('tokens', [batch * length, size]);
    const outputs = network.encode(tokens);
    const embedding = network.embed(outputs);
    const error = add(network.predict(embedding), scale(graph.feed('targets', [batch, 1]), -1));
    const squared = sum(multiply(multiply(error, error), graph.feed('weights', [batch, 1])));
    const labels = graph.feed('labels', [batch * length], 'u32');
    const decoding = crossEntropy(network.decode(tokens, outputs, embedding), labels);
    return add(scale(squared, options.tradeOff), scale(decoding, 1 - options.tradeOff));
  }

  private rowFeeds(sequences: readonly number[][], targets: readonly number[], batch: number) {
    const { vocabulary } = this.network;
    const labels = new Uint32Array(batch * vocabulary.length).fill(NO_SAMPLE);
    labels.set(sequences.flat());
    const padded = (data: readonly number[]) => Float32Array.from({ length: batch }, (_, i) => data[i] ?? 0);
    return {
      tokens: tokenFlags(sequences, batch, vocabulary),
      labels,
      targets: padded(targets),
      weights: padded(targets.map(() => 1 / targets.length)),
    };
  }

  /** The encoder's outputs of architectures, their predictions between 0 and 1, and the gradients of these by the outputs. */
  async look(decisions: readonly (readonly number[])[]) {
    const { network, options } = this;
    const { batch } = options;
    const { length, size } = network.vocabulary;
    const sequences = decisions.map((each) => network.vocabulary.tokens(each));
    this.looking ??= this.scope.own(
      await this.engine.compile((graph) => {
        const outputs = network.encode(graph.feed('tokens', [batch * length, size]));
        const predictions = network.predict(network.embed(outputs));
        graph.output('outputs', outputs);
        graph.output('predictions', predictions);
        graph.output('slopes', gradients(sum(predictions), [outputs])[0]!);
      }),
    );
    const looks: { prediction: number; outputs: Float64Array[]; slopes: Float64Array[] }[] = [];
    for (let start = 0; start < sequences.length; start += batch) {
      const chosen = sequences.slice(start, start + batch);
      this.looking.run({ tokens: tokenFlags(chosen, batch, network.vocabulary) });
      const predictions = await this.looking.read('predictions');
      const outputs = await this.looking.read('outputs');
      const slopes = await this.looking.read('slopes');
      const rowsOf = (data: ArrayLike<number>, index: number) =>
        Array.from({ length }, (_, t) => {
          const row = (index * length + t) * options.hidden;
          return Float64Array.from({ length: options.hidden }, (_, i) => data[row + i]);
        });
      for (let i = 0; i < chosen.length; i++)
        looks.push({ prediction: predictions[i], outputs: rowsOf(outputs, i), slopes: rowsOf(slopes, i) });
    }
    return looks;
  }
}
