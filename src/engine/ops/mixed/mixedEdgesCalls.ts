import { AttributeError, ShapeError } from '../../errors/errors.js';
import type { KernelTarget } from '../../graph/kernelTarget.js';
import type { KernelCall, Operand, ReferenceTensor, TensorView } from '../../graph/operation.js';
import { channelsOf, formatType, sameShape, type ValueType, valueType } from '../../graph/types.js';
import { checkEpsilon, checkNormTypes, type EpsilonAttribute } from '../norm/batchNormCalls.js';
import { checkFloat } from '../record/checks.js';
import { gridOf, viewUniforms } from '../record/kernelCall.js';

/** Most edges of one dispatch, bounded by the number of storage buffers. */
const MAX_EDGES = 4;

/** Slot of a padding entry, of an edge with fewer candidates than others. */
export const NO_SLOT = 0xffffffff;

/** Sizes of a stack of candidates and of the edges that leave its source. */
export interface MixedEdgesAttributes extends EpsilonAttribute {
  readonly edges: number;
  /** Entries per edge: the largest number of candidates of any edge. */
  readonly width: number;
  /** Number of candidates in the stack. */
  readonly slots: number;
  /** Number of candidates, the first ones, that are normalised. */
  readonly normalised: number;
  /** Every edge has a skip connection. */
  readonly skip: boolean;
}

/** The operation's inputs by name. */
export function mixedEdgesInputs<T>(inputs: readonly T[], { skip }: MixedEdgesAttributes) {
  const [stack, weights, entries, ...rest] = inputs;
  const [gamma, beta]: readonly (T | undefined)[] = rest.slice(skip ? 1 : 0);
  return { stack, weights, entries, skip: skip ? rest[0] : undefined, gamma, beta };
}

/** Number of weights: one per entry, then one per skip connection. */
export function entryCount({ edges, width, skip }: MixedEdgesAttributes): number {
  return edges * width + (skip ? edges : 0);
}

/** Type of an edge's output, which is that of one candidate. @throws {ShapeError | AttributeError | DTypeError} */
export function checkStack(name: string, stack: ValueType, attributes: MixedEdgesAttributes): ValueType {
  const { edges, width, slots, normalised } = attributes;
  checkNormTypes(name, stack, {});
  checkEpsilon(name, attributes);
  const channels = channelsOf(stack) / slots;
  if (!Number.isInteger(channels) || channels % 4 !== 0)
    throw new ShapeError(
      `${name}: the stack is ${formatType(stack)} for ${slots} candidates, wanted a multiple of 4 channels per candidate`,
    );
  if (!(edges >= 1 && edges <= MAX_EDGES))
    throw new AttributeError(`${name}: got ${edges} edges, wanted 1 to ${MAX_EDGES}; give further ones another stack`);
  if (!(width >= 1 && normalised >= 0 && normalised <= slots))
    throw new AttributeError(
      `${name}: got ${normalised} normalised of ${slots} candidates and ${width} candidates per edge, wanted 0 to ${slots} normalised and at least 1 per edge`,
    );
  return valueType([...stack.shape.slice(0, -1), channels]);
}

/** Checks the weights and slots of the entries. @throws {ShapeError | DTypeError} */
export function checkEntries(
  name: string,
  weights: ValueType,
  entries: ValueType,
  attributes: MixedEdgesAttributes,
): void {
  const count = entryCount(attributes);
  checkFloat(name, 'weights', weights);
  if (!sameShape(weights.shape, [count]))
    throw new ShapeError(`${name}: weights are ${formatType(weights)}, wanted f32[${count}], one for each entry`);
  const slotted = attributes.edges * attributes.width;
  if (entries.dtype !== 'u32' || !sameShape(entries.shape, [slotted]))
    throw new ShapeError(`${name}: entries are ${formatType(entries)}, wanted u32[${slotted}], a slot for each entry`);
}

/** Checks a value of the type of one candidate. @throws {ShapeError | DTypeError} */
export function checkLikeSlot(name: string, what: string, type: ValueType, slot: ValueType): void {
  checkFloat(name, what, type);
  if (!sameShape(type.shape, slot.shape) || type.layout !== 'rows')
    throw new ShapeError(`${name}: ${what} is ${formatType(type)}, wanted ${formatType(slot)} like a candidate`);
}

/** Type of a value per normalised channel. */
export function perChannel({ normalised }: MixedEdgesAttributes, slot: ValueType): ValueType {
  return valueType([normalised * channelsOf(slot)]);
}

/** Checks values per normalised channel; absent ones pass. @throws {ShapeError | DTypeError} */
export function checkPerChannel(
  name: string,
  types: Readonly<Record<string, ValueType | undefined>>,
  attributes: MixedEdgesAttributes,
  slot: ValueType,
): void {
  for (const [what, type] of Object.entries(types)) {
    if (!type) continue;
    const wanted = perChannel(attributes, slot);
    checkFloat(name, what, type);
    if (!sameShape(type.shape, wanted.shape))
      throw new ShapeError(`${name}: ${what} is ${formatType(type)}, wanted ${formatType(wanted)}`);
  }
}

/** Uniforms and bindings `name`0 to `name`3 of a value per edge; missing edges are bound to what `absent` returns. */
export function edgeViews(
  name: string,
  values: readonly TensorView[],
  absent: () => Operand,
): { uniforms: Record<string, number>; bindings: Record<string, Operand> } {
  const uniforms: Record<string, number> = {};
  const bindings: Record<string, Operand> = {};
  for (let i = 0; i < MAX_EDGES; i++) {
    const value: TensorView | undefined = values[i];
    Object.assign(uniforms, viewUniforms(`${name}${i}`, value ?? values[0]));
    bindings[`${name}${i}`] = value?.operand ?? absent();
  }
  return { uniforms, bindings };
}

/**
 * Grid of a pass over a stack with `kinds` invocations per chunk of rows: invocations are ordered by tiles of a few chunks,
 * whose rows stay in the caches until all kinds have read them.
 */
export function tiledGrid(
  chunks: number,
  kinds: number,
  vectors: number,
  { softwareLanes }: KernelTarget,
): { tile: number; grid: KernelCall['grid'] } {
  // Whole subgroups of one kind; on a GPU neighbouring chunks read neighbouring rows, so a tile is that many rows at a time.
  const tile = Math.min(chunks, softwareLanes > 0 ? 4 : 32);
  return { tile, grid: gridOf(Math.ceil(chunks / tile) * tile * kinds * vectors) };
}

/** Elements of the plan that `planCall` writes. */
export function planElements(attributes: MixedEdgesAttributes, vectors: number): number {
  return 4 * entryCount(attributes) * (1 + 3 * vectors);
}

/**
 * Kernel call that writes the plan: which entries are open, and their factors.
 * @param factors mean, scale and shift of the normalised channels, or only their means; absent where none is normalised
 */
export function planCall(
  { weights, entries, vectors }: { weights: TensorView; entries: TensorView; vectors: number },
  attributes: MixedEdgesAttributes,
  factors: { operand: Operand; offset: number; scaled: boolean } | undefined,
  plan: Operand,
): KernelCall {
  const count = entryCount(attributes);
  return {
    kernel: 'mixed/plan',
    uniforms: {
      vectors,
      count,
      slotted: attributes.edges * attributes.width,
      slots: attributes.slots,
      normalised: attributes.normalised,
      wOffset: weights.offset,
      entriesOffset: entries.offset,
      factorsOffset: factors?.offset ?? 0,
      scaled: factors?.scaled ? 1 : 0,
    },
    bindings: {
      w: weights.operand,
      entries: entries.operand,
      factors: factors?.operand ?? weights.operand,
      plan,
    },
    grid: gridOf(count * vectors),
  };
}

/** An open entry, in float64. */
export interface ReferenceEntry {
  readonly index: number;
  readonly edge: number;
  readonly slot: number;
  readonly weight: number;
}

/** The open entries: those whose weight is not zero. */
export function openEntries(
  weights: ReferenceTensor,
  entries: ReferenceTensor,
  { width, slots }: MixedEdgesAttributes,
): ReferenceEntry[] {
  return [...entries.data].flatMap((slot, index) => {
    const weight = weights.data[index];
    return weight !== 0 && slot < slots ? [{ index, edge: Math.floor(index / width), slot, weight }] : [];
  });
}

/** The channels of one candidate, in float64. */
export function referenceSlot(stack: ReferenceTensor, slot: number, slots: number): ReferenceTensor {
  const all = stack.shape[stack.shape.length - 1];
  const channels = all / slots;
  const data = new Float64Array(stack.data.length / slots);
  for (let i = 0; i < data.length; i++)
    data[i] = stack.data[Math.floor(i / channels) * all + slot * channels + (i % channels)];
  return { shape: [...stack.shape.slice(0, -1), channels], data };
}
