import type { Node, Value } from '../../engine/graph/graph.js';
import type { VariableSet } from '../../engine/graph/variables.js';
import { heaviside } from '../../engine/ops/elementwise/heaviside.js';
import { multiply } from '../../engine/ops/elementwise/multiply.js';

/**
 * Traces nodes a second time with other weights and the activation pattern of the first time: each ReLU passes on exactly the elements
 * that it passed on then. Finite differences of the gradients then agree with automatic second derivatives, for which the derivative of
 * a ReLU's gate is zero; otherwise they would include units whose activation changes within the step.
 * @param nodes nodes of the network, traced with the variables of `from`
 * @param to a set with the same variables as `from`
 * @returns maps a value of the first trace to that of the second
 */
export function replay(nodes: readonly Node[], from: VariableSet, to: VariableSet): (value: Value) => Value {
  const replayed = new Map<Value, Value>();
  const other = (value: Value): Value => {
    const known = replayed.get(value);
    if (known) return known;
    const { origin } = value;
    if (origin?.kind !== 'variable' || origin.variable.set !== from) return value;
    return value.graph.read(to.variables[from.variables.indexOf(origin.variable)]);
  };
  for (const { operation, attributes, inputs, outputs } of nodes) {
    // Running statistics are updated once, by the first trace.
    if (operation.inPlace) continue;
    const others = inputs.map(other);
    const { graph } = outputs[0];
    const { relu } = operation;
    if (!relu?.applied(attributes)) {
      graph.apply(operation, others, attributes).forEach((value, i) => {
        replayed.set(outputs[i], value);
      });
      continue;
    }
    const [ungated, ...more] = relu.without ? graph.apply(operation, others, relu.without(attributes)) : others;
    replayed.set(outputs[0], multiply(ungated, heaviside(outputs[0])));
    more.forEach((value, i) => {
      replayed.set(outputs[i + 1], value);
    });
  }
  return other;
}
