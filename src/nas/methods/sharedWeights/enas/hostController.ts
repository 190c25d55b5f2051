import type { Variable } from '../../../../engine/graph/variables.js';
import type { Compiler } from '../../../../engine/runtime/compiler.js';
import { readVariables } from '../../../training/loop/readVariables.js';
import { type HostState, hostLinear, hostLogSoftmax, hostLstm, type Weights } from '../hostNetwork.js';
import type { ControllerNetwork } from './network.js';

/** An architecture with its probability under the controller. */
export interface ControllerPath {
  readonly decisions: readonly number[];
  readonly logProbability: number;
  /** Sum of the entropies of the distributions from which the decisions were sampled, in nats. */
  readonly entropy: number;
}

/** The controller with a copy of its weights on the host, in float64: sampling does not wait for the device at every choice. */
export class HostController {
  constructor(
    private readonly network: ControllerNetwork,
    private readonly weights: ReadonlyMap<Variable, Weights>,
  ) {}

  static async read(engine: Compiler, network: ControllerNetwork): Promise<HostController> {
    const { variables } = network.weights;
    const read = await readVariables(engine, variables);
    return new HostController(network, new Map(variables.map((variable, i) => [variable, read[i]])));
  }

  /**
   * Goes through the choices, one after the other.
   * @param take chooses an option, given the log-probabilities of all options of a choice
   */
  walk(take: (logProbabilities: Float64Array, choice: number) => number): ControllerPath {
    const { choices, tables, lstm, start, settings } = this.network;
    const { hidden, temperature, tanhConstant } = settings;
    const decisions: number[] = [];
    let [logProbability, entropy] = [0, 0];
    let state: HostState = { hidden: new Float64Array(hidden), cell: new Float64Array(hidden) };
    let x = this.of(start);
    choices.forEach(({ options }, choice) => {
      const { embedding, weight, bias } = tables[choice];
      state = hostLstm(x, state, this.of(lstm.weight), this.of(lstm.bias));
      const logits = hostLinear(state.hidden, this.of(weight), options.length, this.of(bias)).map((logit) =>
        tanhConstant > 0 ? tanhConstant * Math.tanh(logit / temperature) : logit / temperature,
      );
      const logs = hostLogSoftmax(logits);
      const option = take(logs, choice);
      decisions.push(option);
      logProbability += logs[option];
      entropy -= logs.reduce((sum, log) => sum + Math.exp(log) * log, 0);
      x = Array.from({ length: hidden }, (_, i) => this.of(embedding)[option * hidden + i]);
    });
    return { decisions, logProbability, entropy };
  }

  private of(variable: Variable): Weights {
    return this.weights.get(variable)!;
  }
}
