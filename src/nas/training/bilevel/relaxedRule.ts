import type { Graph, Value } from '../../../engine/graph/graph.js';
import type { VariableSet } from '../../../engine/graph/variables.js';
import { softmax } from '../../../engine/ops/reduce/softmax.js';
import type { Feeds } from '../../../engine/runtime/program.js';
import type { Mixture, Supernet } from '../../networks/classifier.js';

/** Which update a pass is for: `alphas`, the architecture parameters, or `weights`. Part of feed names and random streams. */
export type Part = 'alphas' | 'weights';

/** Position of one update in its training. */
export interface StepPlace {
  readonly part: Part;
  /** From 0, over the whole training. */
  readonly step: number;
  readonly steps: number;
  /** From 0. */
  readonly epoch: number;
  readonly epochs: number;
}

/** What a rule adds to the graph of a pass. */
export interface TracedMixture {
  readonly mixture: Mixture;
  /**
   * The mixture's weights as functions of the parameters, where the weights themselves are feeds: the gradient of the loss by a
   * weight is propagated through its value here (straight-through estimator, Bengio et al. 2013).
   */
  readonly through?: readonly Value[];
}

interface RuleBase {
  /** All variables that the architecture update changes: one for each table of the relaxation in order, then any others. */
  readonly parameters: VariableSet;
  /** Weights of the candidates. Names of feeds that it declares start with `PART/`. */
  trace(graph: Graph, part: Part): TracedMixture;
  /** Score of every candidate, for each table [edges, operations], row-major: derivation and telemetry use it. */
  operationScores(parameters: readonly Float32Array[]): Float32Array[];
  /** State between steps besides the parameters. */
  readonly state?: {
    save(): Record<string, Float32Array>;
    restore(arrays: Readonly<Record<string, Float32Array>>): void;
  };
}

/** A rule whose two updates can share one program and one submit. */
export interface JointRule extends RuleBase {
  readonly updates: 'joint';
  /** Values of the feeds of one update. */
  feeds?(place: StepPlace): Feeds;
  /** Added to the loss of the architecture parameters, a scalar. */
  penalty?(graph: Graph): Value;
}

/** A joint rule without a penalty. */
export type UnpenalizedRule = JointRule & { readonly penalty?: undefined };

/** A rule whose two updates are separate runs, because the feeds of one need the result of the other. */
export interface SeparateRule extends RuleBase {
  readonly updates: 'separate';
  feeds?(place: StepPlace): Feeds | Promise<Feeds>;
  penalty?(graph: Graph): Value;
}

/** A rule that updates its parameters itself, in place of Adam; its two updates are separate runs. */
export interface SelfUpdatingRule extends RuleBase {
  readonly updates: 'self';
  feeds?(place: StepPlace): Feeds | Promise<Feeds>;
  /** Changes the parameters. @param gradients one for each variable of `parameters`, row-major */
  update(gradients: readonly Float32Array[], place: StepPlace): void | Promise<void>;
}

/** How architecture parameters become weights of candidates: what distinguishes one relaxed method from another. */
export type RelaxedRule = JointRule | SeparateRule | SelfUpdatingRule;

/** The rule of DARTS: the softmax over the operations of every edge (Liu et al. 2019, 1806.09055, eq. 2). */
export function softmaxRule(supernet: Supernet): UnpenalizedRule {
  const { alphas } = supernet;
  return {
    updates: 'joint',
    parameters: alphas,
    trace: (graph) => ({ mixture: { weights: alphas.variables.map((alpha) => softmax(graph.read(alpha))) } }),
    operationScores: (parameters) => softmaxScores(alphas, parameters),
  };
}

/** The softmax of every row of some tables [edges, operations], on the host. @param values one array for each variable of the set */
export function softmaxScores(tables: VariableSet, values: readonly ArrayLike<number>[]): Float32Array[] {
  return tables.variables.map(({ type }, i) => softmaxRows(values[i], type.shape[1]));
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
