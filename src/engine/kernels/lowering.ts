import { NasTransferError } from '../errors/errors.js';
import type { Node, Value } from '../graph/graph.js';
import type { KernelTarget } from '../graph/kernelTarget.js';
import type { Cost, KernelCall, Operand, Operation, TensorView } from '../graph/operation.js';
import { rowsOf, typeKey, vectorsPerRow } from '../graph/types.js';
import type { Location, Locations } from '../passes/locations.js';
import type { ScratchRoot } from '../passes/memoryPlan.js';

/** What a kernel call is bound to: a place in a value's root, or scratch memory. */
export type Memory = Location | ScratchRoot;

/** A kernel call with its operands resolved. */
export interface Dispatch {
  readonly node: Node;
  /** One object for all equal calls of equal nodes. */
  readonly call: KernelCall;
  readonly memory: Readonly<Record<string, Memory>>;
  /** The node's cost at its first dispatch, nothing at the others. */
  readonly cost: Cost;
}

export interface Lowered {
  readonly dispatches: readonly Dispatch[];
  readonly scratch: readonly ScratchRoot[];
}

/** Turns nodes into kernel calls; views run nothing. */
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

/** A gradient behind a gate has to be written in its place, or a copy of what no one has written would be taken for it. */
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

/** Kernel calls of a node, the same for all nodes that differ in nothing but where the roots of their values lie. */
interface LoweredNode {
  readonly calls: readonly { readonly call: KernelCall; readonly operands: readonly (readonly [string, Operand])[] }[];
  readonly scratchSizes: readonly number[];
  readonly cost: Cost;
}

const loweredFor = new WeakMap<KernelTarget, Map<Operation, Map<string, LoweredNode>>>();

/** Lowers a node once for equal types, attributes and strides: networks repeat their layers, and searches networks. */
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
