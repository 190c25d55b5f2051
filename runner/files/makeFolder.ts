import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { StoreError } from '../errors/errors.js';
import { reasonOf } from '../errors/reason.js';

const ADVICE = 'choose another folder with --out';

/**
 * Creates a folder and its missing parents, one by one: Node's recursive mkdir never returns where the system answers every
 * attempt with ENOENT, as in /proc.
 * @throws {StoreError} when a parent is a file or cannot be written to
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
      // Another process may have created it meanwhile.
      if ((await kindOf(folder)) === 'folder') continue;
      throw new StoreError(`${folder}: the folder cannot be created: ${reasonOf(cause)}; ${ADVICE}`, { cause });
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
