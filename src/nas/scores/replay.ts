import type { Node, Value } from '../../engine/graph/graph.js';
import type { VariableSet } from '../../engine/graph/variables.js';
import { heaviside } from '../../engine/ops/elementwise/heaviside.js';
import { multiply } from '../../engine/ops/elementwise/multiply.js';

/**
 * Traces nodes once more with other weights, every ReLU open where it was open the first time: the function that a second
 * derivative by automatic differentiation is of. ReLU has none, while differences of gradients see every unit that opens or closes.
 * @param nodes those of the network, traced with the variables of `from`
 * @param to a mirror of `from`
 * @returns what stands for a value of the first time
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
    // Running averages have moved already.
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
