import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError } from '../errors/errors.js';
import { reasonOf } from '../errors/reason.js';

/**
 * Writes a file so that at every moment either the old or the new text is there whole: a temporary file in the same
 * folder, brought to the disk, then renamed.
 * @throws StoreError
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
    throw new StoreError(`${path}: can't be written: ${reasonOf(error)}`, { cause: error });
  }
  await syncFolder(dirname(path));
}

/** Brings the names in a folder to the disk. Systems that can't (Windows) do so by themselves. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
