import { ShapeError } from '../errors.js';
import { channelsOf, formatType, sameShape, type ValueType } from '../graph/types.js';
import { checkNormTypes, type EpsilonAttribute } from './batchNormCalls.js';
import { checkFloat } from './checks.js';
import { checkSameShape, gridOf, viewUniforms } from './kernelCall.js';
import type { KernelTarget, Located, Operand, ReferenceTensor } from './operation.js';
import { enoughInvocations } from './rowLoop.js';

/** The terms of a mixed sum: the normalised ones come first. */
export interface MixedAttributes extends EpsilonAttribute {
  /** Terms that are normalised. */
  readonly normalised: number;
}

/**
 * Terms that one dispatch reads: what an edge of NAS-Bench-201 has. Bindings would suffice for six, which is no faster on
 * software drivers and takes them twice as long to compile.
 */
export const TERM_WIDTH = 4;

/** Rows that an invocation goes over at least on a software driver, for what it loads first to be worth it. */
const LEAST_ROWS = 32;

/** Parts of `width` items, the last of what is left. */
export function partsOf(count: number, width: number): { start: number; count: number }[] {
  return Array.from({ length: Math.ceil(count / width) }, (_, i) => ({
    start: i * width,
    count: Math.min(width, count - i * width),
  }));
}

/**
 * Split of a pass that loads some numbers of every term and then goes over rows: as `rowLoop`, with fewer and longer
 * invocations on software drivers.
 */
export function termLoop(
  rows: number,
  vectors: number,
  target: KernelTarget,
): { uniforms: { rows: number; vectors: number; chunks: number }; grid: [number, number, number] } {
  const most = target.softwareLanes > 0 ? Math.ceil(rows / LEAST_ROWS) : rows;
  const chunks = Math.min(most, Math.ceil(enoughInvocations(target) / vectors));
  return { uniforms: { rows, vectors, chunks }, grid: gridOf(chunks * vectors) };
}

/** Uniforms and bindings x0, x1, ... of the terms of one dispatch. */
export function termViews(values: readonly Located[]): {
  uniforms: Record<string, number>;
  bindings: Record<string, Operand>;
} {
  const uniforms: Record<string, number> = {};
  const bindings: Record<string, Operand> = {};
  for (let i = 0; i < TERM_WIDTH; i++) {
    const value = values[i] ?? values[0];
    Object.assign(uniforms, viewUniforms(`x${i}`, value));
    bindings[`x${i}`] = value.operand;
  }
  return { uniforms, bindings };
}

/** Checks the values of one shape that are mixed: [..., C] in rows. */
export function checkTerms(name: string, terms: readonly ValueType[], normalised: number): void {
  checkNormTypes(name, terms[0], {});
  checkSameShape(name, terms);
  if (!Number.isInteger(normalised) || normalised < 0 || normalised > terms.length)
    throw new ShapeError(`${name}: ${normalised} of ${terms.length} terms are normalised, wanted at most all`);
}

/** Checks one weight for each term. */
export function checkTermWeights(name: string, weights: ValueType, count: number): void {
  checkFloat(name, 'weights', weights);
  if (!sameShape(weights.shape, [count]))
    throw new ShapeError(`${name}: weights are ${formatType(weights)}, wanted f32[${count}], one for each term`);
}

/** Checks rows of C channels: statistics, sums. */
export function checkChannelRows(name: string, argument: string, type: ValueType, rows: number, x: ValueType): void {
  checkFloat(name, argument, type);
  if (!sameShape(type.shape, [rows, channelsOf(x)]))
    throw new ShapeError(`${name}: ${argument} is ${formatType(type)}, wanted f32[${rows}, ${channelsOf(x)}]`);
}

/** Row of a matrix, in float64. */
export function referenceRow({ shape, data }: ReferenceTensor, row: number): Float64Array {
  return data.slice(row * shape[1], (row + 1) * shape[1]);
}

/** Gammas and betas of all normalised terms, which alternate, by name for `checkNormTypes`. */
export function affineByName(types: readonly ValueType[]): Record<string, ValueType> {
  return Object.fromEntries(types.map((type, i) => [`${i % 2 === 0 ? 'gamma' : 'beta'} ${i >> 1}`, type]));
}
