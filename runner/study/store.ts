import { type FileHandle, open, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobRecord, JobStore, StudyResults } from '../../src/nas/transfer/index.js';
import { StoreError } from '../errors/errors.js';
import { reasonOf } from '../errors/reason.js';
import { atomicWrite, syncFolder } from '../files/atomicWrite.js';
import { lockFolder } from '../files/lock.js';
import { makeFolder } from '../files/makeFolder.js';

/** Names of files in a study's folder. */
const JOBS_FILE = 'jobs.jsonl';
export const RESULTS_FILE = 'results.json';

/** The folder of a study: one line of `jobs.jsonl` for each finished job, and `results.json` at the end. */
export interface StudyFolder extends JobStore {
  readonly path: string;
  writeResults(results: StudyResults): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens or creates a study's folder and locks it. An incomplete last line of a killed process is dropped.
 * @throws {LockedError} when another process uses the folder
 * @throws {StoreError} when it cannot be created, or its jobs cannot be read
 */
export async function openStudyFolder(path: string, notice: (text: string) => void = () => {}): Promise<StudyFolder> {
  await makeFolder(path);
  const unlock = await lockFolder(path, notice);
  let file: FileHandle | undefined;
  try {
    // The folder is locked: temporary files are left over from killed processes.
    for (const name of await readdir(path)) if (name.endsWith('.tmp')) await rm(join(path, name), { force: true });
    const jobsPath = join(path, JOBS_FILE);
    const records = await readJobs(jobsPath, notice);
    file = await open(jobsPath, 'a');
    await syncFolder(path);
    return folderOf(path, file, records, unlock);
  } catch (error) {
    await file?.close();
    await unlock();
    throw error;
  }
}

function folderOf(
  path: string,
  file: FileHandle,
  records: Map<string, JobRecord>,
  unlock: () => Promise<void>,
): StudyFolder {
  return {
    path,
    get: (hash) => records.get(hash),
    async append(record) {
      const { size } = await file.stat();
      try {
        await file.appendFile(`${JSON.stringify(record)}\n`);
        await file.datasync();
      } catch (error) {
        // An incomplete line, of a full disk, would corrupt the next one.
        await file.truncate(size).catch(() => {});
        throw new StoreError(`${join(path, JOBS_FILE)}: can't be written: ${reasonOf(error)}`, { cause: error });
      }
      records.set(record.hash, record);
    },
    writeResults: (results) => atomicWrite(join(path, RESULTS_FILE), `${JSON.stringify(results, undefined, 2)}\n`),
    async close() {
      await file.close();
      await unlock();
    },
  };
}

async function readJobs(path: string, notice: (text: string) => void): Promise<Map<string, JobRecord>> {
  const records = new Map<string, JobRecord>();
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return records;
    throw error;
  }
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf('\n', start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const record = newline < 0 ? undefined : parseRecord(bytes.toString('utf8', start, newline));
    if (record) {
      records.set(record.hash, record);
    } else if (end === bytes.length) {
      await truncate(path, start);
      notice(`${path}: dropped line ${line}, which is incomplete; its job will be done again`);
    } else {
      throw new StoreError(
        `${path}: line ${line} (byte ${start}) is not the record of a job, wanted JSON with hash, kind, seconds and outcome; ` +
          'delete the line to have its job done again',
      );
    }
    start = end;
  }
  return records;
}

const KINDS: readonly string[] = ['search', 'training', 'baseline', 'judgement'] satisfies JobRecord['kind'][];

function parseRecord(text: string): JobRecord | undefined {
  try {
    const record = JSON.parse(text) as JobRecord;
    const valid =
      /^[0-9a-f]{64}$/.test(record.hash) &&
      KINDS.includes(record.kind) &&
      typeof record.seconds === 'number' &&
      typeof record.outcome === 'object' &&
      record.outcome !== null;
    return valid ? record : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads the results of a study's folder. Needs no lock, because the file is written atomically.
 * @throws {StoreError} when there are none, or they have another format
 */
export async function readResults(folder: string): Promise<StudyResults> {
  const path = join(folder, RESULTS_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') throw new StoreError(`${folder}: got a file, wanted the folder of a study`);
    if (code !== 'ENOENT') throw new StoreError(`${path}: can't be read: ${reasonOf(error)}`, { cause: error });
    throw new StoreError(
      `${path}: is not there, wanted the results of a finished study; run the study to its end first`,
    );
  }
  let results: StudyResults;
  try {
    results = JSON.parse(text) as StudyResults;
  } catch (error) {
    throw new StoreError(`${path}: is not JSON (${(error as Error).message}); run the study again to write it anew`);
  }
  if (results?.format !== 1 || !Array.isArray(results.jobs) || !Array.isArray(results.searches))
    throw new StoreError(
      `${path}: format is ${JSON.stringify(results?.format)}, wanted the results of a study, format 1`,
    );
  return results;
}
