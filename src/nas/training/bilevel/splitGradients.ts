import { backpropagate, gradients } from '../../../engine/autodiff/autodiff.js';
import type { Value } from '../../../engine/graph/graph.js';
import type { VariableSet } from '../../../engine/graph/variables.js';
import type { TracedMixture } from './relaxedRule.js';

/** Gradients of a loss by weights and by architecture parameters; undefined where the loss does not depend on a variable. */
export interface SplitGradients {
  readonly weights: (Value | undefined)[];
  readonly parameters: (Value | undefined)[];
}

/**
 * Both gradients in one backward pass, with the straight-through estimator where the rule has one.
 * @param loss a scalar
 */
export function splitGradients(
  loss: Value,
  { mixture, through }: TracedMixture,
  { weights, parameters }: { readonly weights?: VariableSet; readonly parameters?: VariableSet },
): SplitGradients {
  const { graph } = loss;
  const read = (set?: VariableSet) => set?.variables.map((variable) => graph.read(variable)) ?? [];
  const [own, others] = [read(weights), read(parameters)];
  const targets = parameters && through ? mixture.weights : others;
  const all = gradients(loss, [...own, ...targets]);
  const split = { weights: all.slice(0, own.length), parameters: all.slice(own.length) };
  if (!parameters || !through) return split;
  const seeds = split.parameters.flatMap((gradient, i) => (gradient ? [{ value: through[i], gradient }] : []));
  return { ...split, parameters: seeds.length > 0 ? backpropagate(seeds, others) : others.map(() => undefined) };
}
