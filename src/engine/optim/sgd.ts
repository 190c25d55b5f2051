import type { Graph, Value } from '../graph/graph.js';
import type { VariableSet } from '../graph/variables.js';
import { sgdUpdate } from '../ops/optim/sgd.js';
import { Optimizer, type OptimizerSettings } from './optimizer.js';

/** Settings of stochastic gradient descent. */
export interface SgdSettings extends OptimizerSettings {
  /** Share of the velocity that each step keeps. Default 0. */
  readonly momentum?: number;
  /** Nesterov momentum. Default false. */
  readonly nesterov?: boolean;
}

/** Stochastic gradient descent with momentum, in PyTorch's form with dampening 0 (Sutskever et al. 2013). */
export class Sgd extends Optimizer {
  private readonly velocity: VariableSet;
  private readonly momentum: number;
  private readonly nesterov: boolean;

  constructor(set: VariableSet, settings: SgdSettings) {
    const velocity = set.mirror(`${set.name}/velocity`);
    super(set, settings, [velocity]);
    this.velocity = velocity;
    this.momentum = settings.momentum ?? 0;
    this.nesterov = settings.nesterov ?? false;
  }

  feeds(step: number): Record<string, number> {
    return { [this.feedName('learningRate')]: this.learningRate(step) };
  }

  /** The feed of the learning rate, an f32 scalar. */
  rateFeed(graph: Graph): Value {
    return graph.feed(this.feedName('learningRate'));
  }

  protected update(graph: Graph, gradient: Value, scale: Value): void {
    const { momentum, weightDecay, nesterov } = this;
    sgdUpdate(graph.readSet(this.set), graph.readSet(this.velocity), gradient, this.rateFeed(graph), scale, {
      momentum,
      weightDecay,
      nesterov,
    });
  }
}
