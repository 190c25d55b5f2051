import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError } from '../errors/errors.js';
import { reasonOf } from '../errors/reason.js';

/**
 * Writes a file atomically: a temporary file in the same folder is written, flushed to disk, and renamed. Then the folder
 * is flushed too, so that the new name survives a power failure.
 * @throws {StoreError} when the file cannot be written
 */
export async function atomicWrite(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new StoreError(`${path}: cannot be written: ${reasonOf(error)}`, { cause: error });
  }
  await syncFolder(dirname(path));
}

/** Flushes the entries of a folder to disk. Windows has no such call. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
