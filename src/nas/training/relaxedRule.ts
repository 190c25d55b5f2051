import type { Graph, Value } from '../../engine/graph/graph.js';
import type { VariableSet } from '../../engine/graph/variables.js';
import { softmax } from '../../engine/ops/reduce/softmax.js';
import type { Mixture, Supernet } from '../networks/classifier.js';

/** Which update a pass is for: that of the architecture parameters or that of the weights. */
export type Part = 'alphas' | 'weights';

/** Where a run stands in its training. */
export interface StepPlace {
  readonly part: Part;
  /** From 0, over the whole training. */
  readonly step: number;
  readonly steps: number;
  /** From 0. */
  readonly epoch: number;
  readonly epochs: number;
}

export type Feeds = Readonly<Record<string, number | ArrayLike<number>>>;

/** What a rule adds to the graph of a pass. */
export interface TracedMixture {
  readonly mixture: Mixture;
  /**
   * Values of the mixture's weights as functions of the parameters, where those weights are feeds: the loss's gradient by a weight
   * goes on through its value here (straight-through, Bengio et al. 2013).
   */
  readonly through?: readonly Value[];
}

/** How architecture parameters become weights of candidates: what makes one relaxed method differ from another. */
export interface RelaxedRule {
  /** All that the architecture's update moves: a table for each of the relaxation's, and others after these. */
  readonly parameters: VariableSet;
  /** The two updates are runs of their own, because their feeds need what the other one did. */
  readonly separateUpdates?: boolean;
  /** Feeds that it declares are to be named `PART/...`. */
  trace(graph: Graph, part: Part): TracedMixture;
  /** Added to the architecture's loss, a scalar. */
  penalty?(graph: Graph): Value;
  /** Values of the feeds of one run. A rule that isn't `apart` is not waited for: it gives them at once. */
  feeds?(place: StepPlace): Feeds | Promise<Feeds>;
  /** Moves the parameters by their gradients, row-major, in place of Adam. The rule is then `apart`. */
  update?(gradients: readonly Float32Array[], place: StepPlace): void | Promise<void>;
  /** What weighs candidates, for each table [edges, operations], row-major: what derivation and telemetry go by. */
  operationScores(parameters: readonly Float32Array[]): Float32Array[];
  /** What it keeps between steps besides its parameters. */
  readonly state?: {
    save(): Record<string, Float32Array>;
    restore(arrays: Readonly<Record<string, Float32Array>>): void;
  };
}

/** DARTS: the softmax over the operations of every edge (Liu et al. 2019, eq. 2). */
export function softmaxRule(supernet: Supernet): RelaxedRule {
  const { alphas } = supernet;
  return {
    parameters: alphas,
    trace: (graph) => ({ mixture: { weights: alphas.variables.map((alpha) => softmax(graph.read(alpha))) } }),
    operationScores: (parameters) => alphas.variables.map(({ type }, i) => softmaxRows(parameters[i], type.shape[1])),
  };
}

/** The softmax of every row of `width` numbers. */
export function softmaxRows(logits: ArrayLike<number>, width: number): Float32Array {
  const result = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += width) {
    const row = Array.from({ length: width }, (_, i) => logits[start + i]);
    const largest = Math.max(...row);
    const powers = row.map((logit) => Math.exp(logit - largest));
    const sum = powers.reduce((a, b) => a + b, 0);
    powers.forEach((power, i) => {
      result[start + i] = power / sum;
    });
  }
  return result;
}
