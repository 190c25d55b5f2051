import { readFileSync, writeFileSync } from 'node:fs';
import type { Environment } from './environment.js';
import type { Summary } from './statistics.js';

/** One workload, timed with one contender. */
export interface ResultRow {
  readonly workload: string;
  /** "nastransfer", or the framework; with a suffix where a workload has several rows, as "pytorch compiled". */
  readonly contender: string;
  /** Milliseconds per run; absent where it failed. */
  readonly time?: Summary;
  /** Further numbers by name; units in the names. */
  readonly figures?: Readonly<Record<string, number>>;
  /** Disagreement of results, or the reason for a missing time. */
  readonly remark?: string;
}

/** What `--json` writes and `compare` reads. */
export interface ResultFile {
  readonly command: string;
  readonly environment: Environment;
  /** Numbers of the whole run, such as the ceilings that shares refer to. */
  readonly figures?: Readonly<Record<string, number>>;
  readonly rows: readonly ResultRow[];
}

export function writeResults(file: string, results: ResultFile): void {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

/** @throws {Error} when the file was not written by `writeResults` */
export function readResults(file: string): ResultFile {
  const results = JSON.parse(readFileSync(file, 'utf8')) as ResultFile;
  if (!Array.isArray(results.rows) || typeof results.environment?.adapter !== 'string')
    throw new Error(`compare: ${file} has no rows and adapter; wanted a file that a benchmark wrote with --json`);
  return results;
}
