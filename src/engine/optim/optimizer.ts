import { gradients } from '../autodiff/autodiff.js';
import type { Graph, Value } from '../graph/graph.js';
import type { VariableSet } from '../graph/variables.js';
import { assembleGradients } from '../ops/copy/assembleGradients.js';
import { clipCoefficient, gradientNorm } from '../ops/optim/gradientNorm.js';
import type { Compiler } from '../runtime/compiler.js';
import type { Schedule } from './schedules.js';

export interface OptimizerSettings {
  /** A number, or a schedule of it. */
  readonly learningRate: number | Schedule;
  /** Multiple of the parameters that is added to their gradient (coupled weight decay). Default 0. */
  readonly weightDecay?: number;
  /** Largest 2-norm of the gradient of the whole set; 0, the default, leaves it as it is. */
  readonly clipNorm?: number;
}

/** Updates all variables of a set at once; keeps its state in sets that mirror it. Make it after the last variable. */
export abstract class Optimizer {
  protected readonly weightDecay: number;
  private readonly clipNorm: number;
  private readonly rate: Schedule;

  constructor(
    readonly set: VariableSet,
    { learningRate, weightDecay = 0, clipNorm = 0 }: OptimizerSettings,
    /** What a checkpoint keeps beside the set itself. */
    readonly states: readonly VariableSet[],
  ) {
    this.rate = typeof learningRate === 'number' ? () => learningRate : learningRate;
    this.weightDecay = weightDecay;
    this.clipNorm = clipNorm;
  }

  /**
   * Adds to the graph of a loss: its gradient with respect to the set, and the update.
   * @param loss a scalar
   * @returns the norm of the gradient before clipping, a scalar that is computed only where it is used
   */
  apply(loss: Value): { gradientNorm: Value } {
    const { graph } = loss;
    return this.applyGradients(
      graph,
      gradients(
        loss,
        this.set.variables.map((variable) => graph.read(variable)),
      ),
    );
  }

  /** The update by gradients from elsewhere, one for each variable of the set in order. */
  applyGradients(graph: Graph, each: readonly (Value | undefined)[]): { gradientNorm: Value } {
    const gradient = assembleGradients(graph, each, this.set);
    const norm = gradientNorm(gradient);
    const scale = this.clipNorm > 0 ? clipCoefficient(norm, this.clipNorm) : graph.constant([1], []);
    this.update(graph, gradient, scale);
    return { gradientNorm: norm };
  }

  /** Values of the feeds of a step, counted from 0. */
  abstract feeds(step: number): Record<string, number | readonly number[]>;

  /** Gives the state its memory, zeroed. */
  allocate(engine: Compiler): void {
    for (const state of this.states) engine.allocate(state);
  }

  /** Frees the state. */
  release(engine: Compiler): void {
    for (const state of this.states) engine.release(state);
  }

  protected abstract update(graph: Graph, gradient: Value, scale: Value): void;

  /** The learning rate of a step, counted from 0. */
  learningRate(step: number): number {
    return this.rate(step);
  }

  /** Name of a feed, unlike those of optimisers of other sets. */
  protected feedName(what: string): string {
    return `${this.set.name}/${what}`;
  }
}
