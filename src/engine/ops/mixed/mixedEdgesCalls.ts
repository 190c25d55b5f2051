import { AttributeError, ShapeError } from '../../errors/errors.js';
import type { KernelTarget } from '../../graph/kernelTarget.js';
import type { KernelCall, Operand, ReferenceTensor, TensorView } from '../../graph/operation.js';
import { channelsOf, formatType, sameShape, type ValueType, valueType } from '../../graph/types.js';
import { checkEpsilon, checkNormTypes, type EpsilonAttribute } from '../norm/batchNormCalls.js';
import { checkFloat } from '../record/checks.js';
import { gridOf, viewUniforms } from '../record/kernelCall.js';

/** Target nodes that one dispatch can bind. */
export const MOST_EDGES = 4;

/** Slot of an entry that an edge does not have. */
export const NO_SLOT = 0xffffffff;

/** Sizes of a stack of candidates and of the edges that leave its source. */
export interface MixedEdgesAttributes extends EpsilonAttribute {
  readonly edges: number;
  /** Candidates of an edge, the most of any. */
  readonly width: number;
  /** Candidates in the stack. */
  readonly slots: number;
  /** How many of them, the first ones, are normalised. */
  readonly normalised: number;
  /** A value beside the stack is added to every edge too. */
  readonly skip: boolean;
}

/** Inputs of the operation by name. */
export function mixedEdgesInputs<T>(inputs: readonly T[], { skip }: MixedEdgesAttributes) {
  const [stack, weights, entries, ...rest] = inputs;
  const [gamma, beta]: readonly (T | undefined)[] = rest.slice(skip ? 1 : 0);
  return { stack, weights, entries, skip: skip ? rest[0] : undefined, gamma, beta };
}

/** Weights: one for every candidate of every edge, then one of the skip connection for every edge. */
export function entryCount({ edges, width, skip }: MixedEdgesAttributes): number {
  return edges * width + (skip ? edges : 0);
}

/** Type of what an edge gives: a slot of the stack. @throws ShapeError, AttributeError, DTypeError */
export function checkStack(name: string, stack: ValueType, attributes: MixedEdgesAttributes): ValueType {
  const { edges, width, slots, normalised } = attributes;
  checkNormTypes(name, stack, {});
  checkEpsilon(name, attributes);
  const channels = channelsOf(stack) / slots;
  if (!Number.isInteger(channels) || channels % 4 !== 0)
    throw new ShapeError(
      `${name}: the stack is ${formatType(stack)} for ${slots} candidates, wanted a multiple of 4 channels each`,
    );
  if (!(edges >= 1 && edges <= MOST_EDGES))
    throw new AttributeError(`${name}: got ${edges} edges, wanted 1 to ${MOST_EDGES}; give further ones another stack`);
  if (!(width >= 1 && normalised >= 0 && normalised <= slots))
    throw new AttributeError(
      `${name}: got ${normalised} normalised of ${slots} candidates and ${width} an edge, wanted at most all and at least one an edge`,
    );
  return valueType([...stack.shape.slice(0, -1), channels]);
}

/** Checks the weights and slots of the entries. */
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
    throw new ShapeError(`${name}: entries are ${formatType(entries)}, wanted u32[${slotted}], a slot for each`);
}

/** Checks values of the shape of a slot. */
export function checkLikeSlot(name: string, what: string, type: ValueType, slot: ValueType): void {
  checkFloat(name, what, type);
  if (!sameShape(type.shape, slot.shape) || type.layout !== 'rows')
    throw new ShapeError(`${name}: ${what} is ${formatType(type)}, wanted ${formatType(slot)} like a candidate`);
}

/** Type of what is known of every channel of the normalised candidates. */
export function perChannel({ normalised }: MixedEdgesAttributes, slot: ValueType): ValueType {
  return valueType([normalised * channelsOf(slot)]);
}

/** Checks rows of a number for every channel of the normalised candidates. */
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

/** Uniforms and bindings `name`0 to 3 of a value for each edge; those that are not there are what `absent` gives. */
export function edgeViews(
  name: string,
  values: readonly TensorView[],
  absent: () => Operand,
): { uniforms: Record<string, number>; bindings: Record<string, Operand> } {
  const uniforms: Record<string, number> = {};
  const bindings: Record<string, Operand> = {};
  for (let i = 0; i < MOST_EDGES; i++) {
    const value: TensorView | undefined = values[i];
    Object.assign(uniforms, viewUniforms(`${name}${i}`, value ?? values[0]));
    bindings[`${name}${i}`] = value?.operand ?? absent();
  }
  return { uniforms, bindings };
}

/**
 * Grid of a pass over a stack that takes `kinds` times as many invocations as there are chunks of rows: by tiles of a few chunks,
 * whose rows stay in the caches until all kinds have gone through them.
 */
export function tiledGrid(
  chunks: number,
  kinds: number,
  vectors: number,
  { softwareLanes }: KernelTarget,
): { tile: number; grid: KernelCall['grid'] } {
  // Whole subgroups of one kind; on a GPU chunks are of neighbouring rows, and a tile is as many at a time.
  const tile = Math.min(chunks, softwareLanes > 0 ? 4 : 32);
  return { tile, grid: gridOf(Math.ceil(chunks / tile) * tile * kinds * vectors) };
}

/** vec4s of the plan of the entries. */
export function planElements(attributes: MixedEdgesAttributes, vectors: number): number {
  return 4 * entryCount(attributes) * (1 + 3 * vectors);
}

/**
 * The dispatch that says which entries are open and gives their factors.
 * @param factors mean, scale and shift of the normalised channels, or their means alone; absent where none is normalised
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

/** Entries of the stack that are open: of weights other than zero. */
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

/** Channels of one slot of a stack, in float64. */
export function referenceSlot(stack: ReferenceTensor, slot: number, slots: number): ReferenceTensor {
  const all = stack.shape[stack.shape.length - 1];
  const channels = all / slots;
  const data = new Float64Array(stack.data.length / slots);
  for (let i = 0; i < data.length; i++)
    data[i] = stack.data[Math.floor(i / channels) * all + slot * channels + (i % channels)];
  return { shape: [...stack.shape.slice(0, -1), channels], data };
}
