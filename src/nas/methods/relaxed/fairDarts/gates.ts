import type { Graph, Value } from '../../../../engine/graph/graph.js';
import { VariableSet, zeros } from '../../../../engine/graph/variables.js';
import { add } from '../../../../engine/ops/elementwise/add.js';
import { multiply } from '../../../../engine/ops/elementwise/multiply.js';
import { relu } from '../../../../engine/ops/elementwise/relu.js';
import { scale } from '../../../../engine/ops/elementwise/scale.js';
import { sigmoid } from '../../../../engine/ops/elementwise/unary.js';
import { sum } from '../../../../engine/ops/reduce/reduce.js';
import type { RelaxedTable } from '../../../spaces/shared/space.js';
import type { JointRule } from '../../../training/bilevel/relaxedRule.js';

export interface ZeroOneLoss {
  /** Factor of the loss, w01. */
  readonly weight: number;
  /** Distance of a gate from one half: its square, or its absolute value. */
  readonly distance: 'l2' | 'l1';
}

/**
 * A separate gate for every candidate, sigmoid(alpha), initially one half (Chu et al. 2020, FairDARTS, section 4.1); `none` has no
 * gate and weight 0. The penalty is the zero-one loss, which pushes gates towards zero or one: -w01 / n times the sum of distances
 * from one half over the n gates of all tables (eq. 2 and 3).
 */
export function gateRule(tables: readonly RelaxedTable[], { weight, distance }: ZeroOneLoss): JointRule {
  const parameters = new VariableSet('alphas');
  for (const { name, edges, operations } of tables) parameters.add(name, [edges.length, operations.length], zeros);
  const masks = tables.map(gateMask);
  const count = masks.flat().reduce((a, b) => a + b, 0);
  const gates = (graph: Graph) =>
    parameters.variables.map((alpha, i) =>
      multiply(sigmoid(graph.read(alpha)), graph.constant(masks[i], alpha.type.shape)),
    );
  return {
    updates: 'joint',
    parameters,
    trace: (graph) => ({ mixture: { weights: gates(graph) } }),
    penalty: (graph) => {
      const distances = gates(graph).map((gate, i) => {
        const halves = masks[i].map((one) => -0.5 * one);
        const difference = add(gate, graph.constant(halves, gate.shape));
        return sum(distance === 'l2' ? multiply(difference, difference) : absolute(difference));
      });
      return scale(add(...distances), -weight / count);
    },
    operationScores: (values) =>
      masks.map((mask, i) => Float32Array.from(mask, (one, index) => one / (1 + Math.exp(-values[i][index])))),
  };
}

/** 1 for every candidate of a table [edges, operations] that has a gate, 0 for `none`. */
function gateMask({ edges, operations }: RelaxedTable): number[] {
  return edges.flatMap(() => operations.map((operation) => (operation === 'none' ? 0 : 1)));
}

function absolute(x: Value): Value {
  return add(relu(x), relu(scale(x, -1)));
}
