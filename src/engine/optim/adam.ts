import type { Graph, Value } from '../graph/graph.js';
import type { VariableSet } from '../graph/variables.js';
import { adamUpdate } from '../ops/optim/adam.js';
import { Optimizer, type OptimizerSettings } from './optimizer.js';

/** Settings of Adam. */
export interface AdamSettings extends OptimizerSettings {
  /** Decay rate of the first moment. Default 0.9. */
  readonly beta1?: number;
  /** Decay rate of the second moment. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the second moment. Default 1e-8. */
  readonly epsilon?: number;
}

/** Adam (Kingma and Ba 2015, algorithm 1) with weight decay added to the gradient, as in PyTorch's Adam. */
export class Adam extends Optimizer {
  private readonly firstMoment: VariableSet;
  private readonly secondMoment: VariableSet;
  private readonly beta1: number;
  private readonly beta2: number;
  private readonly epsilon: number;

  constructor(set: VariableSet, settings: AdamSettings) {
    const firstMoment = set.mirror(`${set.name}/firstMoment`);
    const secondMoment = set.mirror(`${set.name}/secondMoment`);
    super(set, settings, [firstMoment, secondMoment]);
    this.firstMoment = firstMoment;
    this.secondMoment = secondMoment;
    this.beta1 = settings.beta1 ?? 0.9;
    this.beta2 = settings.beta2 ?? 0.999;
    this.epsilon = settings.epsilon ?? 1e-8;
  }

  feeds(step: number): Record<string, readonly number[]> {
    const rates = [this.learningRate(step), 1 - this.beta1 ** (step + 1), 1 - this.beta2 ** (step + 1)];
    return { [this.feedName('rates')]: rates };
  }

  protected update(graph: Graph, gradient: Value, scale: Value): void {
    const { beta1, beta2, epsilon, weightDecay } = this;
    adamUpdate(
      graph.readSet(this.set),
      graph.readSet(this.firstMoment),
      graph.readSet(this.secondMoment),
      gradient,
      graph.feed(this.feedName('rates'), [3]),
      scale,
      { beta1, beta2, epsilon, weightDecay },
    );
  }
}
