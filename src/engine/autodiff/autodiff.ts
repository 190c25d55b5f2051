import { NasTransferError, ShapeError } from '../errors/errors.js';
import type { Gate, Node, Value } from '../graph/graph.js';
import { anyOpen } from '../ops/copy/anyOpen.js';
import { add } from '../ops/elementwise/add.js';
import { weightedSum } from '../ops/elementwise/weightedSum.js';
import { Recomputed } from './recompute.js';

/**
 * Reverse-mode differentiation: appends the nodes that compute d(loss)/d(value) for every value of `wrt`.
 * @param loss a scalar
 * @param wrt values of the loss's graph, such as variables read in it
 * @returns one gradient per value of `wrt`, of its shape; undefined where the loss does not depend on it
 * @throws {ShapeError} when the loss is not a scalar
 * @throws {NasTransferError} when an operation on the way has no gradient
 */
export function gradients(loss: Value, wrt: readonly Value[]): (Value | undefined)[] {
  if (loss.shape.length !== 0)
    throw new ShapeError(`gradients: loss has shape [${loss.shape}], wanted a scalar; take its sum or mean first`);
  return backpropagate([{ value: loss, gradient: loss.graph.constant([1], []) }], wrt);
}

/**
 * Vector-Jacobian product: appends the nodes that compute the gradients of sum(value * gradient) over all seeds.
 * @param seeds values, and a gradient of the same shape for each
 * @param wrt values of the same graph
 * @returns one gradient per value of `wrt`, of its shape; undefined where no seed depends on it
 * @throws {NasTransferError} when an operation on the way has no gradient
 */
export function backpropagate(
  seeds: readonly { readonly value: Value; readonly gradient: Value }[],
  wrt: readonly Value[],
): (Value | undefined)[] {
  const { graph } = seeds[0].value;
  const differentiated = graph.timeline?.begin('differentiate');
  const dependent = new Set<Value>(wrt);
  const forward: Node[] = [];
  for (const node of graph.nodes) {
    if (!node.inputs.some((value) => dependent.has(value))) continue;
    forward.push(node);
    for (const output of node.outputs) if (output.dtype !== 'u32') dependent.add(output);
  }
  const recomputed = new Recomputed(graph);
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
    // Only the gradient of a variable may stay behind a gate: the optimiser's arena is zero where nothing is written.
    const { node } = value;
    const isGated = list.some((term) => term.node?.gate && !isSameGate(term.node.gate, node?.gate));
    if (list.length > 1 || (node && isGated)) terms.set(value, [openSum(list, node?.gate)]);
    return terms.get(value)?.[0];
  };
  for (const node of forward.reverse()) {
    const { operation, gate } = node;
    const outputGradients = graph.within(gate, () => node.outputs.map(total));
    if (outputGradients.every((gradient) => gradient === undefined)) continue;
    if (!operation.gradient) throw new NasTransferError(`gradients: operation ${operation.name} has no gradient`);
    const needed = node.inputs.map((value) => dependent.has(value));
    recomputed.begin(node.segment);
    const context = {
      inputs: recomputed.of(node.inputs),
      outputs: recomputed.of(node.outputs),
      outputGradients,
      attributes: node.attributes,
      needed,
    };
    // The gradient of a gated node runs in the same runs as the node.
    const results = graph.within(gate, () => operation.gradient?.(context)) ?? [];
    node.inputs.forEach((input, index) => {
      const gradient = results[index];
      if (gradient && needed[index]) addTerm(input, gradient);
    });
  }
  const result = wrt.map(total);
  differentiated?.();
  return result;
}

/**
 * Sum of gradients that leaves out those behind closed gates, which are not computed.
 * @param gate the gate of the value itself
 */
function openSum(terms: readonly Value[], gate: Gate | undefined): Value {
  const isOpen = (term: Value) => !term.node?.gate || isSameGate(term.node.gate, gate);
  const gated = terms.filter((term) => !isOpen(term));
  const always = terms.filter(isOpen);
  if (gated.length === 0) return add(...always);
  const gates = gated.map((term) => term.node?.gate as Gate);
  const [{ flags }] = gates;
  const open = anyOpen(
    flags,
    gates.map(({ elements }) => elements),
  );
  const sum = weightedSum(gated, open, [...gated.keys()]);
  return always.length > 0 ? add(...always, sum) : sum;
}

function isSameGate(a: Gate, b: Gate | undefined): boolean {
  return a.flags === b?.flags && String(a.elements) === String(b.elements);
}
