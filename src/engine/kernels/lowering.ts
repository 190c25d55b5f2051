import { NasTransferError } from '../errors/errors.js';
import type { Node, Value } from '../graph/graph.js';
import type { KernelTarget } from '../graph/kernelTarget.js';
import type { Cost, KernelCall, Operand, Operation, TensorView } from '../graph/operation.js';
import { rowsOf, typeKey, vectorsPerRow } from '../graph/types.js';
import type { Location, Locations } from '../passes/locations.js';
import type { ScratchRoot } from '../passes/memoryPlan.js';

/** Memory that a kernel is bound to: a value's place, or scratch memory. */
export type Memory = Location | ScratchRoot;

/** A kernel call with its operands resolved. */
export interface Dispatch {
  readonly node: Node;
  /** The same object for equal calls of equal nodes. */
  readonly call: KernelCall;
  readonly memory: Readonly<Record<string, Memory>>;
  /** The cost of the node at its first dispatch, zero at the others. */
  readonly cost: Cost;
}

/** Result of `lowerNodes`. */
export interface Lowered {
  readonly dispatches: readonly Dispatch[];
  readonly scratch: readonly ScratchRoot[];
}

/**
 * Lowers nodes to kernel calls. Nodes whose outputs are views have none.
 * @throws {NasTransferError} when a gated gradient would have to be copied
 */
export function lowerNodes(nodes: readonly Node[], locations: Locations, target: KernelTarget): Lowered {
  const dispatches: Dispatch[] = [];
  const scratch: ScratchRoot[] = [];
  nodes.forEach((node, index) => {
    if (locations.isView(node)) return;
    const { calls, scratchSizes, cost } = lowerNode(node, locations, target);
    checkGatedParts(node, locations);
    const own = scratchSizes.map((elements): ScratchRoot => ({ node: index, elements }));
    calls.forEach(({ call, operands }, order) => {
      const memory: Record<string, Memory> = {};
      for (const [name, { kind, index }] of operands)
        memory[name] =
          kind === 'scratch' ? own[index] : locations.of((kind === 'input' ? node.inputs : node.outputs)[index]);
      dispatches.push({ node, call, memory, cost: order === 0 ? cost : NOTHING });
    });
    for (const root of own) scratch.push(root);
  });
  return { dispatches, scratch };
}

/** A gated gradient must be written into the arena directly: a copy would read uninitialised memory when the gate is closed. */
function checkGatedParts(node: Node, locations: Locations): void {
  if (node.operation.assembles !== 'variables') return;
  const assembled = locations.assembled(node);
  const copied = node.inputs.find((value, index) => value.node?.gate && !assembled[index]);
  if (copied)
    throw new NasTransferError(
      `${node.operation.name}: the gradient that ${copied.node?.operation.name} computes behind a gate is used elsewhere too; take it from a variable of its own`,
    );
}

const NOTHING: Cost = { multiplyAdds: 0, bytes: 0 };

/** Kernel calls of a node; shared by nodes that differ only in the roots of their values. */
interface LoweredNode {
  readonly calls: readonly { readonly call: KernelCall; readonly operands: readonly (readonly [string, Operand])[] }[];
  readonly scratchSizes: readonly number[];
  readonly cost: Cost;
}

const loweredFor = new WeakMap<KernelTarget, Map<Operation, Map<string, LoweredNode>>>();

/** Lowers a node, cached by types, attributes and strides: networks repeat their layers, and searches repeat networks. */
function lowerNode(node: Node, locations: Locations, target: KernelTarget): LoweredNode {
  const { operation, attributes, attributesKey } = node;
  let byOperation = loweredFor.get(target);
  if (!byOperation) loweredFor.set(target, (byOperation = new Map()));
  let known = byOperation.get(operation);
  if (!known) byOperation.set(operation, (known = new Map()));
  const assembled = locations.assembled(node);
  let key = attributesKey;
  for (const value of node.inputs) key += placeKey(value, locations);
  for (const value of node.outputs) key += placeKey(value, locations);
  if (operation.assembles) key += assembled;
  let lowered = known.get(key);
  if (!lowered) {
    const scratchSizes: number[] = [];
    const calls = operation.lower({
      inputs: node.inputs.map((value, index) => located(value, locations, { kind: 'input', index })),
      outputs: node.outputs.map((value, index) => located(value, locations, { kind: 'output', index })),
      attributes,
      target,
      assembled,
      scratch: (elements) => {
        scratchSizes.push(elements);
        return { kind: 'scratch', index: scratchSizes.length - 1 };
      },
    });
    lowered = {
      calls: calls.map((call) => ({ call, operands: Object.entries(call.bindings) })),
      scratchSizes,
      cost: operation.cost(
        node.inputs.map((value) => value.type),
        node.outputs.map((value) => value.type),
        attributes,
      ),
    };
    known.set(key, lowered);
  }
  return lowered;
}

function placeKey(value: Value, locations: Locations): string {
  const { offset, stride } = locations.of(value);
  return ` ${typeKey(value.type)}@${offset},${stride}`;
}

function located(value: Value, locations: Locations, operand: Operand): TensorView {
  const { offset, stride } = locations.of(value);
  return { type: value.type, offset, stride, rows: rowsOf(value.type), vectors: vectorsPerRow(value.type), operand };
}
