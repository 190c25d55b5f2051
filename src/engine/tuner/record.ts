import type { VariantTable } from '../graph/kernelTarget.js';
import { sha256 } from './digest.js';

/** How one choice between variants of a kernel was decided on an adapter. */
export interface TuningRecord {
  /** `choiceKey` of the choice. */
  readonly key: string;
  /** The operation and the types that it was measured with: "conv2d f32[64, 32, 32, 16], f32[3, 3, 16, 16]". */
  readonly measuredOn: string;
  /** The variant taken without a measurement. */
  readonly usual: string;
  readonly chosen: string;
  /** Median times of the variants that ran and agreed, the usual one first. */
  readonly times: readonly { readonly variant: string; readonly microseconds: number }[];
  /** Variants that failed, or that disagreed with the usual one. */
  readonly rejected: readonly { readonly variant: string; readonly reason: string }[];
}

/** The choices of records that are not the usual ones, as an engine takes them. */
export function variantsOf(records: Iterable<TuningRecord>): VariantTable & ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const { key, usual, chosen } of records) if (chosen !== usual) table.set(key, chosen);
  return table;
}

/** Names a table: equal for equal choices. Undefined for one without any, with which programs are as without a table. */
export async function tableDigest(table: ReadonlyMap<string, string>): Promise<string | undefined> {
  if (table.size === 0) return undefined;
  return (await sha256(JSON.stringify([...table].sort(([a], [b]) => (a < b ? -1 : 1))))).slice(0, 12);
}
