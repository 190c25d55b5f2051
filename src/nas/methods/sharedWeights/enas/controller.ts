import { AttributeError } from '../../../../engine/errors/errors.js';
import type { Graph } from '../../../../engine/graph/graph.js';
import { add } from '../../../../engine/ops/elementwise/add.js';
import { multiply } from '../../../../engine/ops/elementwise/multiply.js';
import { scale } from '../../../../engine/ops/elementwise/scale.js';
import { sum } from '../../../../engine/ops/reduce/reduce.js';
import { Adam } from '../../../../engine/optim/adam.js';
import type { Random } from '../../../../engine/random/random.js';
import type { Compiler } from '../../../../engine/runtime/compiler.js';
import type { Program } from '../../../../engine/runtime/program.js';
import type { Space } from '../../../spaces/shared/space.js';
import { allocateSets, allocateState } from '../../../training/loop/ownedMemory.js';
import { ResourceScope } from '../../../training/loop/resourceScope.js';
import { readSets, writeSets } from '../../../training/loop/sets.js';
import { type ControllerPath, HostController } from './hostController.js';
import { ControllerNetwork, type ControllerNetworkSettings } from './network.js';

export interface ControllerOptions extends ControllerNetworkSettings {
  readonly learningRate: number;
  /** Of Adam. */
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Weight in the reward of the entropy of an architecture's distributions, in nats. */
  readonly entropyWeight: number;
  /** Decay of the baseline, a moving average of rewards. */
  readonly baselineDecay: number;
  /** Largest number of architectures in one step of training. */
  readonly batch: number;
}

/** Values of the authors' search of cells; of Adam, those of ENAS in NAS-Bench-201. */
export const CONTROLLER_DEFAULTS: ControllerOptions = {
  hidden: 64,
  temperature: 1,
  tanhConstant: 1.1,
  learningRate: 0.0035,
  beta1: 0,
  beta2: 0.999,
  epsilon: 1e-3,
  entropyWeight: 1e-4,
  baselineDecay: 0.99,
  batch: 10,
};

/** An architecture and its reward without the entropy term, which `train` adds. */
export interface Rewarded {
  readonly decisions: readonly number[];
  readonly reward: number;
}

/** A state between two steps; `arrays` are weights and moments. */
export interface ControllerState {
  readonly values: { readonly steps: number; readonly baseline: number | null };
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

/**
 * The controller of ENAS with its training by REINFORCE (Williams 1992): the loss of a batch is the mean of
 * -log p(architecture) (reward - baseline); the baseline is a moving average of rewards, initially the first reward.
 */
export class EnasController {
  private steps = 0;
  private baselineNow: number | null = null;

  private constructor(
    private readonly engine: Compiler,
    readonly network: ControllerNetwork,
    private readonly optimizer: Adam,
    private readonly options: ControllerOptions,
    private host: HostController,
    private readonly program: Program,
    private readonly scope: ResourceScope,
  ) {}

  /**
   * Allocates and compiles the controller. When it fails, nothing stays allocated.
   * @param options default: `CONTROLLER_DEFAULTS`
   */
  static create(
    engine: Compiler,
    space: Pick<Space, 'choices'>,
    options: Partial<ControllerOptions>,
    seed: number,
  ): Promise<EnasController> {
    const settings = { ...CONTROLLER_DEFAULTS, ...options };
    const network = new ControllerNetwork(space.choices, settings);
    return ResourceScope.create(async (scope) => {
      allocateSets(scope, engine, [network.weights], seed);
      const optimizer = allocateState(scope, engine, new Adam(network.weights, settings));
      const host = await HostController.read(engine, network);
      const program = scope.own(
        await engine.compile((graph) => traceUpdate(graph, network, optimizer, settings.batch)),
      );
      return new EnasController(engine, network, optimizer, settings, host, program, scope);
    });
  }

  /** Samples an architecture. */
  sample(random: Random): ControllerPath {
    return this.host.walk((logs) => {
      let rest = random.uniform();
      const drawn = logs.findIndex((log) => {
        rest -= Math.exp(log);
        return rest < 0;
      });
      return drawn < 0 ? logs.length - 1 : drawn;
    });
  }

  /** The architecture of the most probable option at every choice. */
  greedy(): ControllerPath {
    return this.host.walk((logs) => logs.indexOf(Math.max(...logs)));
  }

  /** Log-probability and entropy of given decisions. @throws AttributeError if one is not among the options */
  path(decisions: readonly number[]): ControllerPath {
    this.check(decisions);
    return this.host.walk((_, choice) => decisions[choice]);
  }

  /** The moving average of rewards; undefined before the first. */
  get baseline(): number | undefined {
    return this.baselineNow ?? undefined;
  }

  /**
   * One step of Adam on 1 to `batch` architectures.
   * @throws AttributeError for fewer or more, or rewards that are not finite
   */
  async train(batch: readonly Rewarded[]): Promise<void> {
    const { network, options, program } = this;
    if (batch.length < 1 || batch.length > options.batch)
      throw new AttributeError(
        `EnasController.train: got ${batch.length} architectures, wanted 1 to ${options.batch}; set the option batch`,
      );
    const actions = new Float32Array(options.batch * network.width);
    const weights = new Float32Array(options.batch * network.width);
    const wrong = batch.findIndex(({ reward }) => !Number.isFinite(reward));
    if (wrong >= 0)
      throw new AttributeError(
        `EnasController.train: reward ${wrong} is ${batch[wrong].reward}, wanted a finite number`,
      );
    const paths = batch.map(({ decisions }) => this.path(decisions));
    batch.forEach(({ decisions, reward }, index) => {
      const earned = reward + options.entropyWeight * paths[index].entropy;
      const before = this.baselineNow ?? earned;
      this.baselineNow = before - (1 - options.baselineDecay) * (before - earned);
      const row = (data: Float32Array) => data.subarray(index * network.width, (index + 1) * network.width);
      network.writeActions(row(actions), decisions, 1);
      network.writeActions(row(weights), decisions, (earned - this.baselineNow) / batch.length);
    });
    program.run({ actions, weights, ...this.optimizer.feeds(this.steps++) });
    this.host = await HostController.read(this.engine, network);
  }

  async save(): Promise<ControllerState> {
    const values = { steps: this.steps, baseline: this.baselineNow };
    return { values, arrays: await readSets(this.engine, this.sets) };
  }

  async restore({ values, arrays }: ControllerState): Promise<void> {
    writeSets(this.engine, this.sets, arrays);
    this.steps = values.steps;
    this.baselineNow = values.baseline;
    this.host = await HostController.read(this.engine, this.network);
  }

  /** Frees what it holds on the device. A second call does nothing. */
  dispose(): void {
    this.scope.dispose();
  }

  private get sets() {
    return [this.network.weights, ...this.optimizer.states];
  }

  private check(decisions: readonly number[]): void {
    const { choices } = this.network;
    if (decisions.length !== choices.length || choices.some(({ options }, i) => options[decisions[i]] === undefined))
      throw new AttributeError(
        `EnasController: got decisions [${decisions}], wanted one below each of [${choices.map(({ options }) => options.length)}]`,
      );
  }
}

/** Traces one step of Adam on sum(-log p * weight) over the actions of a batch; rows of weight zero are padding. */
function traceUpdate(graph: Graph, network: ControllerNetwork, optimizer: Adam, batch: number): void {
  const shape = [batch, network.width];
  const weights = graph.feed('weights', shape);
  const terms = network
    .logProbabilities(graph, graph.feed('actions', shape))
    .map((logs, choice) => sum(multiply(logs, network.part(weights, choice))));
  optimizer.apply(scale(add(...terms), -1));
}
