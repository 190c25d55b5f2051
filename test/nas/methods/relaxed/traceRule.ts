import { Graph } from '../../../../src/engine/graph/graph.js';
import { interpret } from '../../../../src/engine/graph/interpret.js';
import type { Variable } from '../../../../src/engine/graph/variables.js';
import type { RelaxedRule, SelfUpdatingRule } from '../../../../src/nas/training/bilevel/relaxedRule.js';

/** Weights of candidates and edges under a rule, and its penalty, in float64, at given parameters. */
export function traceRule(rule: Exclude<RelaxedRule, SelfUpdatingRule>, parameters: readonly ArrayLike<number>[]) {
  const graph = new Graph();
  const { mixture } = rule.trace(graph, 'alphas');
  const penalty = rule.penalty?.(graph);
  const variables = new Map<Variable, ArrayLike<number>>(
    rule.parameters.variables.map((variable, i) => [variable, parameters[i]]),
  );
  const lookup = interpret(graph, { feeds: {}, variables });
  return {
    weights: mixture.weights.map((value) => [...lookup(value).data]),
    edges: mixture.edges?.map((value) => [...lookup(value).data]),
    penalty: penalty && lookup(penalty).data[0],
  };
}
