import type { VariantTable } from '../graph/kernelTarget.js';
import { sha256 } from './digest.js';

/** One choice between variants of a kernel, as decided on an adapter. */
export interface TuningRecord {
  /** `choiceKey` of the choice. */
  readonly key: string;
  /** The operation and the input types of the measurement: "conv2d f32[64, 32, 32, 16], f32[3, 3, 16, 16]". */
  readonly measuredOn: string;
  /** The variant used without a measurement. */
  readonly usual: string;
  /** The variant to use on this adapter. */
  readonly chosen: string;
  /** Median times of the variants whose outputs agreed, the usual one first. Empty where only one did. */
  readonly times: readonly { readonly variant: string; readonly microseconds: number }[];
  /** Variants that failed or whose outputs differed from those of the usual one. */
  readonly rejected: readonly { readonly variant: string; readonly reason: string }[];
}

/** Table of the choices that differ from the usual ones, for `new Engine(gpu, { variants })`. */
export function variantsOf(records: Iterable<TuningRecord>): VariantTable & ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const { key, usual, chosen } of records) if (chosen !== usual) table.set(key, chosen);
  return table;
}

/**
 * Digest of a table, equal for equal choices.
 * @returns 12 hexadecimal digits; undefined for an empty table, which changes nothing
 */
export async function tableDigest(table: ReadonlyMap<string, string>): Promise<string | undefined> {
  if (table.size === 0) return undefined;
  return (await sha256(JSON.stringify([...table].sort(([a], [b]) => (a < b ? -1 : 1))))).slice(0, 12);
}
