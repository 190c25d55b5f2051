import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { StoreError } from '../errors/errors.js';
import { reasonOf } from '../errors/reason.js';

const ADVICE = 'choose another folder with --out';

/**
 * Makes a folder and those above it that are missing. One by one: the recursive mkdir of Node never returns where the
 * system answers every attempt with "no such file", as in /proc.
 * @throws StoreError naming what is in the way
 */
export async function makeFolder(path: string): Promise<void> {
  if (path === '') throw new StoreError(`the folder of results: got an empty name, wanted a folder; ${ADVICE}`);
  const missing: string[] = [];
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const kind = await kindOf(folder);
    if (kind === 'folder') break;
    if (kind === 'file') throw new StoreError(`${folder}: got a file, wanted a folder; ${ADVICE}`);
    missing.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  for (const folder of missing) {
    try {
      await mkdir(folder);
    } catch (cause) {
      // Another process may have made it meanwhile.
      if ((await kindOf(folder)) === 'folder') continue;
      throw new StoreError(`${folder}: the folder can't be made: ${reasonOf(cause)}; ${ADVICE}`, { cause });
    }
  }
}

async function kindOf(path: string): Promise<'folder' | 'file' | 'missing'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'missing';
  }
}
