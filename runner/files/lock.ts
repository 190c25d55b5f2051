import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NasTransferError } from '../../src/engine/errors/index.js';
import { StoreError } from '../errors/errors.js';
import { reasonOf } from '../errors/reason.js';

const LOCK_FILE = 'study.lock';

/** Another process holds the lock of the folder. */
export class LockedError extends NasTransferError {
  override readonly code = 'locked';
}

interface Holder {
  readonly id: string;
  readonly pid: number;
  /** Start time of the process in the system's units: the pid alone may have been reused. */
  readonly started: string | null;
  readonly host: string;
}

/**
 * Locks a folder for this process. The lock of a process that no longer runs is taken over.
 * @returns a function that releases the lock
 * @throws {LockedError} when a running process holds the lock
 * @throws {StoreError} when the folder cannot be written to
 */
export async function lockFolder(folder: string, notice: (text: string) => void): Promise<() => Promise<void>> {
  const path = join(folder, LOCK_FILE);
  const own: Holder = {
    id: randomUUID(),
    pid: process.pid,
    started: processStart(process.pid),
    host: hostname(),
  };
  const text = JSON.stringify(own);
  for (;;) {
    try {
      await writeFile(path, text, { flag: 'wx' });
      return async () => {
        if ((await readIfThere(path)) === text) await rm(path, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw new StoreError(`${folder}: cannot be written to: ${reasonOf(error)}; choose another folder with --out`, {
          cause: error,
        });
    }
    const found = await readLock(path);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder && isRunning(holder)) {
      const where = holder.host === own.host ? '' : ` on ${holder.host}`;
      throw new LockedError(
        `${folder}: process ${holder.pid}${where} is working in this folder; wait for it, choose another folder with ` +
          `--out, or delete ${path} if that process no longer runs`,
      );
    }
    if (await removeStale(path, found)) notice(`${path}: removed the lock of a process that no longer runs`);
  }
}

/** The text of the lock file; undefined if it was deleted. Its owner may not have written it yet, so an empty file is read again. */
async function readLock(path: string): Promise<string | undefined> {
  for (let attempt = 0; ; attempt++) {
    const text = await readIfThere(path);
    if (text === undefined || parseHolder(text) || attempt === 20) return text;
    await sleep(25);
  }
}

/** A guard file older than this was left by a process that died. */
const GUARD_MILLISECONDS = 10_000;

/**
 * Deletes the lock if it still is the stale one. A guard file is held meanwhile, so that no process deletes the new lock that
 * another one created after deleting the stale one.
 */
async function removeStale(path: string, stale: string): Promise<boolean> {
  const guard = `${path}.guard`;
  try {
    await writeFile(guard, '', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const made = await stat(guard).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - made > GUARD_MILLISECONDS) await rm(guard, { force: true });
    else await sleep(10);
    return false;
  }
  try {
    if ((await readIfThere(path)) !== stale) return false;
    await rm(path, { force: true });
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

function isRunning({ pid, started, host }: Holder): boolean {
  // Processes of another machine cannot be checked.
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = processStart(pid);
  return started === null || now === null || now === started;
}

/** Field 22 of /proc/PID/stat, the start in clock ticks since boot; null where the system has no such file. */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the command in parentheses, may contain spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder;
    return Number.isInteger(holder.pid) && typeof holder.host === 'string' ? holder : undefined;
  } catch {
    return undefined;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
