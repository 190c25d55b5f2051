import { type FileHandle, open, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableSearch } from '../../src/nas/tables/index.js';
import { StoreError } from '../errors/errors.js';
import { reasonOf } from '../errors/reason.js';
import { lockFolder } from '../files/lock.js';
import { makeFolder } from '../files/makeFolder.js';

const SEARCHES_FILE = 'searches.jsonl';

interface SearchRecord {
  readonly hash: string;
  readonly search: TableSearch;
}

/** Store of finished searches by the hash of their task. */
export interface SearchStore {
  get(hash: string): TableSearch | undefined;
  append(hash: string, search: TableSearch): Promise<void>;
  close(): Promise<void>;
}

export function memoryStore(): SearchStore {
  const kept = new Map<string, TableSearch>();
  return {
    get: (hash) => kept.get(hash),
    append: async (hash, search) => void kept.set(hash, search),
    close: async () => {},
  };
}

/**
 * Opens or creates a folder of searches and locks it; `searches.jsonl` has one line per search. An incomplete last line, left by a
 * killed process, is dropped.
 * @throws {LockedError} when another process holds the folder
 * @throws {StoreError} when it cannot be read or created
 */
export async function openSearchFolder(path: string, notice: (text: string) => void): Promise<SearchStore> {
  await makeFolder(path);
  const unlock = await lockFolder(path, notice);
  const name = join(path, SEARCHES_FILE);
  let file: FileHandle;
  let kept: Map<string, TableSearch>;
  try {
    kept = await readRecords(name, notice);
    file = await open(name, 'a');
  } catch (error) {
    await unlock();
    if (error instanceof StoreError) throw error;
    throw new StoreError(`${name}: cannot be opened: ${reasonOf(error)}; choose another folder with --out`, {
      cause: error,
    });
  }
  // Writes are queued, so that lines of searches that end at once do not mix.
  let writing = Promise.resolve();
  return {
    get: (hash) => kept.get(hash),
    async append(hash, search) {
      kept.set(hash, search);
      const line = `${JSON.stringify({ hash, search } satisfies SearchRecord)}\n`;
      writing = writing.then(() => file.appendFile(line));
      await writing.catch((error: unknown) => {
        throw new StoreError(`${name}: cannot be written: ${reasonOf(error)}`, { cause: error });
      });
    },
    async close() {
      await writing.catch(() => {});
      await file.close();
      await unlock();
    },
  };
}

async function readRecords(path: string, notice: (text: string) => void): Promise<Map<string, TableSearch>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  const whole = text.lastIndexOf('\n') + 1;
  if (whole < text.length) {
    await truncate(path, Buffer.byteLength(text.slice(0, whole)));
    notice(`${path}: dropped an incomplete last line; its search will run again`);
  }
  const lines = text.slice(0, whole).split('\n').slice(0, -1);
  return new Map(
    lines.map((line, i) => {
      const record = parseRecord(line);
      if (!record)
        throw new StoreError(
          `${path}: line ${i + 1} is no record of a search, wanted JSON with hash and search; delete the line to ` +
            'run its search again',
        );
      return [record.hash, record.search];
    }),
  );
}

function parseRecord(line: string): SearchRecord | undefined {
  try {
    const record = JSON.parse(line) as SearchRecord;
    return typeof record.hash === 'string' && Number.isInteger(record.search?.index) ? record : undefined;
  } catch {
    return undefined;
  }
}
