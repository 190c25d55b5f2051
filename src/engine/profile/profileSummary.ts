import type { Ceilings } from './ceilings.js';
import type { KernelTime } from './profile.js';

/** What is told of the dispatches of one kernel or operation together. */
export interface SummaryRow {
  /** The kernel, or the operation. */
  readonly name: string;
  readonly dispatches: number;
  readonly milliseconds: number;
  /** Part of all time, 0 to 1. */
  readonly share: number;
  readonly multiplyAdds: number;
  readonly bytes: number;
  /** Billions of operations a second; a multiply-add counts as two. */
  readonly gflops: number;
  readonly gigabytesPerSecond: number;
  /** Which ceiling is the nearer one, by the roofline model (Williams et al. 2009, section 3). */
  readonly bound: 'compute' | 'memory';
  /** Least time at the ceilings in parts of the time taken; above 1 where caches serve what memory would not. */
  readonly ofCeiling: number;
}

export interface ProfileSummary {
  readonly ceilings: Ceilings;
  /** Time of all dispatches. */
  readonly milliseconds: number;
  /** Longest first. */
  readonly kernels: readonly SummaryRow[];
  readonly operations: readonly SummaryRow[];
}

/** Adds up what dispatches took, by kernel and by operation, and holds it against the adapter's ceilings. */
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
    // Operations and bytes a nanosecond are billions a second.
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

/** Rows as text for a table; all columns but the first and `bound` are numbers. */
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
