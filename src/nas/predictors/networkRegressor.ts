import type { Graph, Value } from '../../engine/graph/graph.js';
import { type Variable, VariableSet } from '../../engine/graph/variables.js';
import { zeros } from '../../engine/nn/initializers.js';
import { add } from '../../engine/ops/elementwise/add.js';
import { multiply } from '../../engine/ops/elementwise/multiply.js';
import { scale } from '../../engine/ops/elementwise/scale.js';
import { sum } from '../../engine/ops/reduce/reduce.js';
import { Adam } from '../../engine/optim/adam.js';
import type { Compiler } from '../../engine/runtime/compiler.js';
import type { Program } from '../../engine/runtime/program.js';
import { ResourceScope } from '../training/loop/resourceScope.js';
import { runSteps, STEPS_AHEAD } from '../training/loop/runSteps.js';
import { PredictorError } from './errors.js';
import type { Features, Prediction, PredictorContext, Regressor } from './predictor.js';
import { requireFitted, standardiseTargets } from './targets.js';

/** Rows in one run of the prediction program. */
const CHUNK = 1024;
/** Least number of rows that a training program is compiled for. */
const SMALLEST_BUCKET = 16;

/** A network that predicts one number for each row. */
export interface PredictorNetwork {
  readonly weights: VariableSet;
  /** Width of the rows that `prepare` returns and `forward` reads. */
  readonly inputs: number;
  /** Converts features to the rows that the network reads; absent: not converted. */
  prepare?(features: Features): Float32Array;
  /** @param x [N, inputs] @returns [N, 1] */
  forward(x: Value): Value;
}

export interface NetworkTraining {
  /** Full-batch steps. */
  readonly epochs: number;
  readonly learningRate: number;
  /** Weight decay, added to the gradient. */
  readonly weightDecay: number;
}

/**
 * A network fitted to standardised targets: full batches, mean squared error, Adam. Rows are padded to a power of two with weight 0, so
 * that fitting again with a similar number of rows reuses the program.
 */
export class NetworkRegressor implements Regressor {
  private model?: Model;
  private fitted?: { readonly width: number; readonly mean: number; readonly scale: number; readonly model: Model };

  /** @param network builds the network for a width of rows; throws PredictorError when it cannot read such rows */
  constructor(
    private readonly name: string,
    private readonly context: PredictorContext,
    private readonly training: NetworkTraining,
    private readonly network: (width: number) => PredictorNetwork,
  ) {}

  async fit(features: Features, targets: ArrayLike<number>): Promise<void> {
    this.fitted = undefined;
    const { values, mean, scale } = standardiseTargets(this.name, features, targets);
    if (!this.context.engine)
      throw new PredictorError(`${this.name}: got no engine, wanted one to compute on; create it with context.engine`);
    if (this.model?.width !== features.width) {
      const network = this.network(features.width);
      const engine = await this.context.engine();
      this.model?.dispose();
      this.model = new Model(engine, network, features.width, this.training);
    }
    const { model } = this;
    await model.fit(features, values, this.context);
    this.fitted = { width: features.width, mean, scale, model };
  }

  async predict(features: Features): Promise<Prediction> {
    const { mean, scale, model } = requireFitted(this.name, this.fitted, features);
    const predicted = await model.predict(features);
    return { mean: predicted.map((value) => mean + scale * value) };
  }

  dispose(): void {
    this.fitted = undefined;
    this.model?.dispose();
    this.model = undefined;
  }
}

/** A network on a device with its optimiser and its programs. */
class Model {
  private readonly scope = new ResourceScope();
  private readonly optimizer: Adam;
  private readonly fits = new Map<number, { readonly data: FitData; readonly program: Program }>();
  private predictor?: Program;

  constructor(
    private readonly engine: Compiler,
    private readonly network: PredictorNetwork,
    readonly width: number,
    private readonly training: NetworkTraining,
  ) {
    this.optimizer = new Adam(network.weights, training);
    this.scope.defer(() => {
      engine.release(network.weights);
      this.optimizer.release(engine);
    });
  }

  /** @param targets one for each row, of mean 0 and deviation 1 */
  async fit(
    features: Features,
    targets: Float64Array,
    { seed, signal }: Pick<PredictorContext, 'seed' | 'signal'>,
  ): Promise<void> {
    const { engine, network, optimizer } = this;
    engine.allocate(network.weights, seed);
    optimizer.allocate(engine);
    const { data, program } = await this.fitProgram(features.rows);
    data.write(engine, this.prepare(features), targets);
    const steps = Array.from({ length: this.training.epochs }, (_, step) => step);
    await runSteps(steps, { engine, ahead: STEPS_AHEAD.predictor, signal }, (step) =>
      program.run(optimizer.feeds(step)),
    );
  }

  async predict(features: Features): Promise<Float64Array> {
    const { inputs } = this.network;
    const prepared = this.prepare(features);
    this.predictor ??= this.scope.own(
      await this.engine.compile((graph) => {
        graph.output('predictions', this.network.forward(graph.feed('rows', [CHUNK, inputs])));
      }),
    );
    const result = new Float64Array(features.rows);
    for (let start = 0; start < features.rows; start += CHUNK) {
      const rows = new Float32Array(CHUNK * inputs);
      rows.set(prepared.subarray(start * inputs, (start + CHUNK) * inputs));
      this.predictor.run({ rows });
      const predictions = await this.predictor.read('predictions');
      result.set(predictions.subarray(0, Math.min(CHUNK, features.rows - start)), start);
    }
    return result;
  }

  dispose(): void {
    this.scope.dispose();
  }

  private prepare(features: Features): Float32Array {
    return this.network.prepare?.(features) ?? features.values;
  }

  private async fitProgram(rows: number): Promise<{ readonly data: FitData; readonly program: Program }> {
    const bucket = Math.max(SMALLEST_BUCKET, 2 ** Math.ceil(Math.log2(rows)));
    let known = this.fits.get(bucket);
    if (!known) {
      const { engine, scope } = this;
      const data = new FitData(bucket, this.network.inputs);
      scope.defer(() => engine.release(data.set));
      engine.allocate(data.set);
      const program = scope.own(
        await engine.compile((graph) => {
          this.optimizer.apply(data.loss(graph, this.network));
        }),
      );
      this.fits.set(bucket, (known = { data, program }));
    }
    return known;
  }
}

/** Rows to fit on a device, padded to a bucket, with their targets and weights. */
export class FitData {
  readonly set = new VariableSet('fit');
  readonly rows: Variable;
  readonly targets: Variable;
  readonly weights: Variable;

  constructor(
    private readonly bucket: number,
    private readonly inputs: number,
  ) {
    this.rows = this.set.add('rows', [bucket, inputs], zeros);
    this.targets = this.set.add('targets', [bucket, 1], zeros);
    this.weights = this.set.add('weights', [bucket, 1], zeros);
  }

  /** Mean squared error over the rows without padding, a scalar. */
  loss(graph: Graph, network: PredictorNetwork): Value {
    const predicted = network.forward(graph.read(this.rows));
    const error = add(predicted, scale(graph.read(this.targets), -1));
    return sum(multiply(multiply(error, error), graph.read(this.weights)));
  }

  /** @param rows [targets.length, inputs], row by row */
  write(engine: Compiler, rows: Float32Array, targets: Float64Array): void {
    const contents = this.contents(rows, targets);
    for (const [variable, data] of contents) engine.write(variable, data);
  }

  /** Contents of the variables for given rows. */
  contents(rows: Float32Array, targets: Float64Array): Map<Variable, Float32Array> {
    const { bucket, inputs } = this;
    const padded = (data: ArrayLike<number>, length: number) => {
      const result = new Float32Array(length);
      result.set(data);
      return result;
    };
    return new Map([
      [this.rows, padded(rows, bucket * inputs)],
      [this.targets, padded(targets, bucket)],
      [this.weights, padded(new Float32Array(targets.length).fill(1 / targets.length), bucket)],
    ]);
  }
}
