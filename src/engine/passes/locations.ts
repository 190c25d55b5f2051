import type { Graph, Node, Value } from '../graph/graph.js';
import type { ViewOfInput } from '../graph/operation.js';
import { channelsOf, roundUp, vectorsPerRow, wordsOf } from '../graph/types.js';
import type { VariableSet } from '../graph/variables.js';
import { checkVariableReads, setOf } from './variableReads.js';

/** Memory that holds values. Temporary roots with disjoint lifetimes share buffers; other roots do not. */
export interface Root {
  kind: 'temporary' | 'persistent' | 'feeds' | 'constants' | 'variables';
  readonly set?: VariableSet;
  /** 4-byte words. */
  elements: number;
  /** The value that the root was made for, for messages. */
  readonly value?: Value;
}

/** Place of a value in memory. */
export interface Location {
  readonly root: Root;
  /** First 4-byte word of the binding within the root, a multiple of 64 (256 bytes). */
  readonly base: number;
  /** Words of the binding, from `base`. */
  readonly extent: number;
  /** First vec4 of the value within the binding. */
  readonly offset: number;
  /** vec4s from the start of one row to the next. */
  readonly stride: number;
}

/** Places of the values of a graph. */
export interface Locations {
  of(value: Value): Location;
  /** Whether the outputs of a node are views, so that it runs no kernel. */
  isView(node: Node): boolean;
  /** For each input of an assembling node, whether its producer writes it into the output directly. */
  assembled(node: Node): boolean[];
  readonly feeds: Root;
  readonly constants: Root;
  readonly feedValues: readonly Value[];
  readonly constantValues: readonly Value[];
}

/** Place of a value within another. */
interface Placement {
  readonly parent: Value;
  readonly kind: 'slice' | 'reshape' | 'channels' | 'variables';
  /** First channel, or for `variables` first element, within the parent. */
  readonly start: number;
  /** For `channels` and `variables`: which input of the parent's node this is. */
  readonly index?: number;
}

/**
 * Decides which values share the memory of others: slices and reshapes are views of their input, inputs of a concatenation are
 * written into its output directly, and so are gradients into the arena that the optimiser reads. WebGPU forbids a dispatch to read
 * and write the same buffer: a placement that would do so is undone, and a copy kernel runs instead.
 * @throws {OwnershipError} as `checkVariableReads`
 */
export function locate(graph: Graph, nodes: readonly Node[]): Locations {
  const placements = new Map<Value, Placement>();
  const feeds: Root = { kind: 'feeds', elements: 0 };
  const constants: Root = { kind: 'constants', elements: 0 };
  const feedValues = [...graph.feeds.values()];
  const constantValues = collectConstants(graph, nodes);
  const fixed = new Map<Value, Location>();
  for (const [root, values] of [
    [feeds, feedValues],
    [constants, constantValues],
  ] as const)
    for (const value of values) {
      fixed.set(value, whole(root, root.elements, value));
      root.elements += roundUp(wordsOf(value.type), 64);
    }
  const setRoots = new Map<VariableSet, Root>();
  const rootOfSet = (set: VariableSet): Root => {
    let root = setRoots.get(set);
    if (!root) {
      root = { kind: 'variables', set, elements: set.size };
      setRoots.set(set, root);
    }
    return root;
  };

  checkVariableReads(nodes);
  placeViews(nodes, placements);
  placeAssembled(nodes, placements);

  const roots = new Map<Value, Root>();
  const persistent = new Set<Value>(graph.outputs.values());
  for (const node of nodes) if (node.operation.assembles === 'variables') persistent.add(node.outputs[0]);

  const find = (value: Value): Location => {
    const placed = fixed.get(value);
    if (placed) return placed;
    if (value.origin?.kind === 'variable') {
      const { variable } = value.origin;
      return whole(rootOfSet(variable.set), variable.offset, value);
    }
    if (value.origin?.kind === 'variables') return whole(rootOfSet(value.origin.set), 0, value);
    const placement = placements.get(value);
    if (placement) return within(of(placement.parent), placement, value);
    let root = roots.get(value);
    if (!root) {
      root = { kind: 'temporary', elements: wordsOf(value.type), value };
      roots.set(value, root);
    }
    return whole(root, 0, value);
  };
  const known = new Map<Value, Location>();
  const of = (value: Value): Location => {
    let location = known.get(value);
    if (!location) {
      location = find(value);
      known.set(value, location);
    }
    return location;
  };

  // Undoing a placement moves all values inside the placed one, so cached locations are dropped.
  undoHazards(nodes, placements, of, () => known.clear());
  for (const value of persistent) {
    const { root } = of(value);
    if (root.kind === 'temporary') root.kind = 'persistent';
  }

  return {
    of,
    isView: (node) => isView(node, placements),
    assembled: (node) => node.inputs.map((input, index) => isInPlace(placements.get(input), node.outputs[0], index)),
    feeds,
    constants,
    feedValues,
    constantValues,
  };
}

function collectConstants(graph: Graph, nodes: readonly Node[]): Value[] {
  const constants = new Set<Value>();
  const use = (value: Value) => {
    if (value.origin?.kind === 'constant') constants.add(value);
  };
  for (const node of nodes) node.inputs.forEach(use);
  for (const value of graph.outputs.values()) use(value);
  return [...constants];
}

/** Whether an input is written into its place in the output directly, so that it need not be copied. */
function isInPlace(placement: Placement | undefined, output: Value, index: number): boolean {
  return placement?.parent === output && placement.index === index;
}

function whole(root: Root, base: number, value: Value): Location {
  return { root, base, extent: wordsOf(value.type), offset: 0, stride: vectorsPerRow(value.type) };
}

function within(parent: Location, placement: Placement, value: Value): Location {
  switch (placement.kind) {
    case 'variables':
      return whole(parent.root, parent.base + placement.start, value);
    case 'reshape':
      return { ...parent, stride: vectorsPerRow(value.type) };
    default:
      return { ...parent, offset: parent.offset + placement.start / 4 };
  }
}

/** Outputs become views all together or not at all, so the first one decides. */
function isView({ outputs }: Node, placements: ReadonlyMap<Value, Placement>): boolean {
  const kind = outputs.length > 0 ? placements.get(outputs[0])?.kind : undefined;
  return kind === 'slice' || kind === 'reshape';
}

function placeViews(nodes: readonly Node[], placements: Map<Value, Placement>): void {
  const updated = new Set<VariableSet>();
  for (const output of nodes.flatMap((node) => node.outputs)) {
    const set = setOf(output);
    if (set) updated.add(set);
  }
  for (const node of nodes) {
    const views = node.operation.viewOf?.(
      node.inputs.map((value) => value.type),
      node.attributes,
    );
    if (!views) continue;
    const [input] = node.inputs;
    const set = setOf(input);
    // A view of a variable would change with an update.
    if (set && updated.has(set)) continue;
    // The elements of a strided value are not contiguous.
    const strided = placements.has(input);
    const found = node.outputs.map((output, index) => placeView(input, output, views[index], strided));
    if (found.includes(undefined)) continue;
    node.outputs.forEach((output, index) => {
      placements.set(output, found[index] as Placement);
    });
  }
}

/** Place of an output within the input of its node; undefined where it cannot be a view. */
function placeView(input: Value, output: Value, view: ViewOfInput, strided: boolean): Placement | undefined {
  const from = channelsOf(input.type);
  const to = channelsOf(output.type);
  if (view.reshape) {
    // Rows that end in padding are not contiguous.
    const dense = from === to || (from % 4 === 0 && to % 4 === 0);
    return !strided && dense ? { parent: input, kind: 'reshape', start: 0 } : undefined;
  }
  const fillsVectors = to % 4 === 0 || view.channelOffset + to === from;
  const aligned = hasRows(input) && view.channelOffset % 4 === 0 && fillsVectors;
  return aligned ? { parent: input, kind: 'slice', start: view.channelOffset } : undefined;
}

/** Kernels assume that vectors and scalars start where their binding does, so only values of rank 2 or more can be placed in rows. */
function hasRows(value: Value): boolean {
  return value.shape.length >= 2;
}

function placeAssembled(nodes: readonly Node[], placements: Map<Value, Placement>): void {
  const reshaped = new Set<Value>();
  for (const placement of placements.values()) if (placement.kind === 'reshape') reshaped.add(placement.parent);
  for (const node of [...nodes].reverse()) {
    const { assembles } = node.operation;
    if (!assembles) continue;
    const [output] = node.outputs;
    let start = 0;
    node.inputs.forEach((input, index) => {
      const here = assembles === 'variables' ? (node.attributes.offsets as number[])[index] : start;
      start += channelsOf(input.type);
      const last = index === node.inputs.length - 1;
      const aligned = assembles === 'variables' || (hasRows(input) && here % 4 === 0 && (last || start % 4 === 0));
      const free = input.node && !input.origin && !placements.has(input) && !reshaped.has(input);
      if (aligned && free) placements.set(input, { parent: output, kind: assembles, start: here, index });
    });
  }
}

/** Undoes placements until no dispatch reads memory that it writes, or writes overlapping memory through two bindings. */
function undoHazards(
  nodes: readonly Node[],
  placements: Map<Value, Placement>,
  of: (value: Value) => Location,
  undone: () => void,
): void {
  const assembledAncestor = (value: Value): Value | undefined => {
    for (let v: Value | undefined = value; v; v = placements.get(v)?.parent) {
      const kind = placements.get(v)?.kind;
      if (kind === 'channels' || kind === 'variables') return v;
    }
    return undefined;
  };
  const undo = (a: Value, b: Value): boolean => {
    const victim = assembledAncestor(a) ?? assembledAncestor(b);
    if (!victim) return false;
    placements.delete(victim);
    undone();
    return true;
  };
  for (const node of nodes) {
    const { operation, outputs } = node;
    if (operation.inPlace || isView(node, placements)) continue;
    // Outputs with memory of their own conflict only with inputs placed into them.
    if (!operation.assembles && !outputs.some((output) => placements.has(output))) continue;
    outputs.forEach((output, index) => {
      node.inputs.forEach((input, i) => {
        const conflict = () => of(input).root === of(output).root && !isInPlace(placements.get(input), output, i);
        while (conflict() && undo(output, input));
      });
      for (const other of outputs.slice(index + 1)) while (overlap(of(output), of(other)) && undo(output, other));
    });
  }
}

function overlap(a: Location, b: Location): boolean {
  return a.root === b.root && a.base < b.base + b.extent && b.base < a.base + a.extent;
}
