import type { Node, Value } from '../graph/graph.js';
import { rowsOf, vectorsPerRow } from '../graph/types.js';
import type { KernelCall, KernelTarget, Located, Operand } from '../ops/operation.js';
import type { Location, Locations } from '../passes/locations.js';
import type { ScratchRoot } from '../passes/memoryPlan.js';

/** What a kernel call is bound to: a place in a value's root, or scratch memory. */
export type Memory = Location | ScratchRoot;

/** A kernel call with its operands resolved. */
export interface Dispatch {
  readonly node: Node;
  readonly call: KernelCall;
  readonly memory: Readonly<Record<string, Memory>>;
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
    const own: ScratchRoot[] = [];
    const inputs = node.inputs.map((value, i) => located(value, locations, { kind: 'input', index: i }));
    const outputs = node.outputs.map((value, i) => located(value, locations, { kind: 'output', index: i }));
    const calls = node.operation.lower({
      inputs,
      outputs,
      attributes: node.attributes,
      target,
      assembled: locations.assembled(node),
      scratch: (elements) => {
        own.push({ node: index, elements });
        return { kind: 'scratch', index: own.length - 1 };
      },
    });
    const resolve = (operand: Operand): Memory => {
      if (operand.kind === 'scratch') return own[operand.index];
      return locations.of((operand.kind === 'input' ? node.inputs : node.outputs)[operand.index]);
    };
    for (const call of calls)
      dispatches.push({
        node,
        call,
        memory: Object.fromEntries(Object.entries(call.bindings).map(([name, operand]) => [name, resolve(operand)])),
      });
    scratch.push(...own);
  });
  return { dispatches, scratch };
}

function located(value: Value, locations: Locations, operand: Operand): Located {
  const { offset, stride } = locations.of(value);
  return { type: value.type, offset, stride, rows: rowsOf(value.type), vectors: vectorsPerRow(value.type), operand };
}
