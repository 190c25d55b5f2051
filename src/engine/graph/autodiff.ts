import { NasTransferError, ShapeError } from '../errors.js';
import { add } from '../ops/add.js';
import type { Node, Value } from './graph.js';

/**
 * Reverse-mode differentiation: appends the nodes that compute d(loss)/d(value) for every value of `wrt`.
 * @param loss a scalar
 * @returns one gradient per value of `wrt`, of its shape; undefined where the loss does not depend on it
 */
export function gradients(loss: Value, wrt: readonly Value[]): (Value | undefined)[] {
  if (loss.shape.length !== 0)
    throw new ShapeError(`gradients: loss has shape [${loss.shape}], wanted a scalar; take its sum or mean first`);
  return backpropagate([{ value: loss, gradient: loss.graph.constant([1], []) }], wrt);
}

/** The product of given output gradients with the Jacobian: gradients of sum(value * gradient) over all seeds. */
export function backpropagate(
  seeds: readonly { readonly value: Value; readonly gradient: Value }[],
  wrt: readonly Value[],
): (Value | undefined)[] {
  const { graph } = seeds[0].value;
  const dependent = new Set<Value>(wrt);
  const forward: Node[] = [];
  for (const node of graph.nodes) {
    if (!node.inputs.some((value) => dependent.has(value))) continue;
    forward.push(node);
    for (const output of node.outputs) if (output.dtype === 'f32') dependent.add(output);
  }
  const terms = new Map<Value, Value[]>();
  const addTerm = (value: Value, gradient: Value) => {
    const list = terms.get(value);
    if (list) list.push(gradient);
    else terms.set(value, [gradient]);
  };
  for (const { value, gradient } of seeds) addTerm(value, gradient);
  const total = (value: Value): Value | undefined => {
    const list = terms.get(value);
    if (!list) return undefined;
    if (list.length > 1) terms.set(value, [add(...list)]);
    return terms.get(value)?.[0];
  };
  for (const node of forward.reverse()) {
    const outputGradients = node.outputs.map(total);
    if (outputGradients.every((gradient) => gradient === undefined)) continue;
    const { operation } = node;
    if (!operation.gradient) throw new NasTransferError(`gradients: operation ${operation.name} has no gradient`);
    const needed = node.inputs.map((value) => dependent.has(value));
    const results = operation.gradient({
      inputs: node.inputs,
      outputs: node.outputs,
      outputGradients,
      attributes: node.attributes,
      needed,
    });
    node.inputs.forEach((input, index) => {
      const gradient = results[index];
      if (gradient && needed[index]) addTerm(input, gradient);
    });
  }
  return wrt.map(total);
}
