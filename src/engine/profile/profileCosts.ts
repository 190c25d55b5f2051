import type { Node } from '../graph/graph.js';
import type { Cost, Operand } from '../graph/operation.js';
import { wordsOf } from '../graph/types.js';
import type { Dispatch } from '../kernels/lowering.js';

/** Folder of the kernels that do a node's multiply-adds; other kernels of the node sum, copy or generate random numbers. */
const MULTIPLYING = 'conv/';

/**
 * Multiply-adds and bytes of each dispatch. The dispatch of a node with only one has the cost of the operation. Of several
 * dispatches, those of convolution kernels share the node's multiply-adds in proportion to their workgroups, and each moves the
 * memory it is bound to, scratch memory included. The bytes of a value bound to several dispatches of one kernel are divided
 * among them.
 */
export function dispatchCosts(dispatches: readonly Dispatch[]): Cost[] {
  const costs = new Map<Dispatch, Cost>();
  for (const [node, own] of byNode(dispatches)) {
    const whole = nodeCost(node);
    if (own.length === 1) costs.set(own[0], whole);
    else {
      const multiplyAdds = sharedMultiplyAdds(own, whole.multiplyAdds);
      own.forEach((dispatch, index) => {
        costs.set(dispatch, { multiplyAdds: multiplyAdds[index], bytes: boundBytes(dispatch, own, whole.bytes) });
      });
    }
  }
  return dispatches.map((dispatch) => costs.get(dispatch) as Cost);
}

function nodeCost({ operation, inputs, outputs, attributes }: Node): Cost {
  return operation.cost(
    inputs.map((value) => value.type),
    outputs.map((value) => value.type),
    attributes,
  );
}

function byNode(dispatches: readonly Dispatch[]): Map<Node, Dispatch[]> {
  const nodes = new Map<Node, Dispatch[]>();
  for (const dispatch of dispatches) {
    const own = nodes.get(dispatch.node);
    if (own) own.push(dispatch);
    else nodes.set(dispatch.node, [dispatch]);
  }
  return nodes;
}

function sharedMultiplyAdds(dispatches: readonly Dispatch[], multiplyAdds: number): number[] {
  const multiplying = dispatches.filter(({ call }) => call.kernel.startsWith(MULTIPLYING));
  const sharing = new Set(multiplying.length > 0 ? multiplying : dispatches);
  const workgroups = ({ call }: Dispatch) => call.grid[0] * call.grid[1] * call.grid[2];
  const all = [...sharing].reduce((sum, dispatch) => sum + workgroups(dispatch), 0);
  return dispatches.map((dispatch) => (sharing.has(dispatch) ? (multiplyAdds * workgroups(dispatch)) / all : 0));
}

/** @param most bytes of inputs and outputs that the node moves: a gather reads only part of its binding */
function boundBytes(dispatch: Dispatch, ofNode: readonly Dispatch[], most: number): number {
  const named = Object.entries(dispatch.call.bindings);
  // A binding that a kernel does not use is bound to the same operand as another.
  const operands = new Map(named.map(([name, operand]) => [keyOf(operand), { name, operand }]));
  let bytes = 0;
  for (const [key, { name, operand }] of operands) {
    const sharing = ofNode.filter(
      ({ call }) =>
        call.kernel === dispatch.call.kernel && Object.values(call.bindings).some((other) => keyOf(other) === key),
    );
    const size = operandBytes(dispatch, name, operand);
    bytes += (operand.kind === 'scratch' ? size : Math.min(size, most)) / sharing.length;
  }
  return bytes;
}

const keyOf = ({ kind, index }: Operand) => `${kind} ${index}`;

function operandBytes({ node, memory }: Dispatch, name: string, { kind, index }: Operand): number {
  const place = memory[name];
  if (!('root' in place)) return place.elements * 4;
  return wordsOf((kind === 'input' ? node.inputs : node.outputs)[index].type) * 4;
}
