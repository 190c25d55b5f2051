import type { Ceilings } from './ceilings.js';
import type { KernelTime } from './profile.js';

/** Sums and rates of all dispatches of one kernel or operation. */
export interface SummaryRow {
  /** The kernel, or the operation. */
  readonly name: string;
  readonly dispatches: number;
  readonly milliseconds: number;
  /** Share of the time of all dispatches, 0 to 1. */
  readonly share: number;
  readonly multiplyAdds: number;
  /** Bytes read and written at least. */
  readonly bytes: number;
  /** Billions of operations a second; a multiply-add counts as two. */
  readonly gflops: number;
  /** Billions of bytes a second. */
  readonly gigabytesPerSecond: number;
  /** Which ceiling limits it, by the roofline model (Williams et al. 2009, section 3). */
  readonly bound: 'compute' | 'memory';
  /** Least time by the roofline model as a share of the time taken; above 1 where caches are faster than memory. */
  readonly ofCeiling: number;
}

/** A profile summed by kernel and by operation. */
export interface ProfileSummary {
  /** The ceilings that rates are compared with. */
  readonly ceilings: Ceilings;
  /** Time of all dispatches. */
  readonly milliseconds: number;
  /** The longest time first. */
  readonly kernels: readonly SummaryRow[];
  /** The longest time first. */
  readonly operations: readonly SummaryRow[];
}

/**
 * Sums a profile by kernel and by operation and compares the rates with the adapter's ceilings, by the roofline model (Williams,
 * Waterman and Patterson, "Roofline: an insightful visual performance model", 2009, section 3).
 * @param ceilings as `measureCeilings` gives them
 */
export function summariseProfile(
  { kernels }: { readonly kernels: readonly KernelTime[] },
  ceilings: Ceilings,
): ProfileSummary {
  const all = kernels.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0);
  const rowsBy = (key: 'kernel' | 'operation') => {
    const groups = new Map<string, KernelTime[]>();
    for (const time of kernels) {
      const group = groups.get(time[key]);
      if (group) group.push(time);
      else groups.set(time[key], [time]);
    }
    return [...groups]
      .map(([name, times]) => summaryRow(name, times, all, ceilings))
      .sort((a, b) => b.milliseconds - a.milliseconds);
  };
  return { ceilings, milliseconds: all / 1e6, kernels: rowsBy('kernel'), operations: rowsBy('operation') };
}

function summaryRow(name: string, times: readonly KernelTime[], all: number, ceilings: Ceilings): SummaryRow {
  const row = { nanoseconds: 0, multiplyAdds: 0, bytes: 0, least: 0, leastComputing: 0, leastMoving: 0 };
  for (const { nanoseconds, multiplyAdds, bytes } of times) {
    // One operation or byte a nanosecond is a billion a second.
    const computing = (2 * multiplyAdds) / ceilings.gflops;
    const moving = bytes / ceilings.gigabytesPerSecond;
    row.nanoseconds += nanoseconds;
    row.multiplyAdds += multiplyAdds;
    row.bytes += bytes;
    row.leastComputing += computing;
    row.leastMoving += moving;
    row.least += Math.max(computing, moving);
  }
  const { nanoseconds, multiplyAdds, bytes } = row;
  const rate = (amount: number) => (nanoseconds > 0 ? amount / nanoseconds : 0);
  return {
    name,
    dispatches: times.length,
    milliseconds: nanoseconds / 1e6,
    share: all > 0 ? nanoseconds / all : 0,
    multiplyAdds,
    bytes,
    gflops: rate(2 * multiplyAdds),
    gigabytesPerSecond: rate(bytes),
    bound: row.leastComputing > row.leastMoving ? 'compute' : 'memory',
    ofCeiling: rate(row.least),
  };
}

/**
 * Rows as text for a table. All columns but the first and `bound` are numbers.
 * @param of heading of the first column
 */
export function summaryTable(
  rows: readonly SummaryRow[],
  of: 'kernel' | 'operation',
): { readonly header: readonly string[]; readonly cells: readonly (readonly string[])[] } {
  return {
    header: [of, 'ms', '%', 'count', 'GFLOP/s', 'GB/s', 'bound', 'of ceiling %'],
    cells: rows.map((row) => [
      row.name,
      row.milliseconds.toFixed(3),
      (100 * row.share).toFixed(1),
      String(row.dispatches),
      row.multiplyAdds > 0 ? row.gflops.toFixed(2) : '',
      row.gigabytesPerSecond.toFixed(2),
      row.bound,
      (100 * row.ofCeiling).toFixed(1),
    ]),
  };
}
