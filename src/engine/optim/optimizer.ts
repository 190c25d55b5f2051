import { gradients } from '../autodiff/autodiff.js';
import type { Graph, Value } from '../graph/graph.js';
import type { VariableSet } from '../graph/variables.js';
import { assembleGradients } from '../ops/copy/assembleGradients.js';
import { clipCoefficient, gradientNorm } from '../ops/optim/gradientNorm.js';
import type { Compiler } from '../runtime/compiler.js';
import type { Schedule } from './schedules.js';

/** Settings of all optimisers. */
export interface OptimizerSettings {
  /** A constant, or a schedule. */
  readonly learningRate: number | Schedule;
  /** Multiple of the parameters that is added to their gradient (L2 regularisation). Default 0. */
  readonly weightDecay?: number;
  /** Largest Euclidean norm of the gradient of the whole set; larger gradients are scaled down. Default 0: no clipping. */
  readonly clipNorm?: number;
}

/**
 * Updates all variables of a set in one dispatch. Its state is kept in mirrors of the set, so create it after the last
 * variable has been added.
 */
export abstract class Optimizer {
  protected readonly weightDecay: number;
  private readonly clipNorm: number;
  private readonly rate: Schedule;

  constructor(
    readonly set: VariableSet,
    { learningRate, weightDecay = 0, clipNorm = 0 }: OptimizerSettings,
    /** State to be saved in a checkpoint together with the set. */
    readonly states: readonly VariableSet[],
  ) {
    this.rate = typeof learningRate === 'number' ? () => learningRate : learningRate;
    this.weightDecay = weightDecay;
    this.clipNorm = clipNorm;
  }

  /**
   * Appends the gradient of a loss by the variables of the set, and the update, to the graph of the loss.
   * @param loss an f32 scalar
   * @returns the Euclidean norm of the gradient before clipping, an f32 scalar, which is computed only where it is used
   * @throws {ShapeError} when the loss is no scalar
   * @throws {NasTransferError} when the loss depends on the set through an operation without gradient
   * @throws {DTypeError} when a variable of the set is f16
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

  /**
   * Appends the update by given gradients.
   * @param each one gradient for each variable of the set, in order and of its type; undefined stands for zero
   * @returns the Euclidean norm of the gradient before clipping, an f32 scalar
   * @throws {ShapeError} when there is not one entry for each variable, or a gradient is not of its variable's type
   * @throws {DTypeError} when a variable of the set is f16
   */
  applyGradients(graph: Graph, each: readonly (Value | undefined)[]): { gradientNorm: Value } {
    const gradient = assembleGradients(graph, each, this.set);
    const norm = gradientNorm(gradient);
    const scale = this.clipNorm > 0 ? clipCoefficient(norm, this.clipNorm) : graph.constant([1], []);
    this.update(graph, gradient, scale);
    return { gradientNorm: norm };
  }

  /** Values of the optimiser's feeds at a step, counted from 0. */
  abstract feeds(step: number): Record<string, number | readonly number[]>;

  /** Allocates the state on the device, zeroed. */
  allocate(engine: Compiler): void {
    for (const state of this.states) engine.allocate(state);
  }

  /** Frees the state's device memory. */
  release(engine: Compiler): void {
    for (const state of this.states) engine.release(state);
  }

  protected abstract update(graph: Graph, gradient: Value, scale: Value): void;

  /** The learning rate of a step, counted from 0. */
  learningRate(step: number): number {
    return this.rate(step);
  }

  /** Name of a feed, made unique by the name of the set. */
  protected feedName(what: string): string {
    return `${this.set.name}/${what}`;
  }
}
