import { accessSync, constants, existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** This program's folder in the user's cache folder, by the platform's convention. It may not exist yet. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, 'nastransfer');
  if (process.platform === 'win32') return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'nastransfer');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'nastransfer');
  return join(homedir(), '.cache', 'nastransfer');
}

/**
 * A folder in the user's cache, created by `fill` the first time. It is filled under a temporary name and renamed, so that it is
 * never incomplete: of several processes that fill it at once, one renames its folder and all use it. Where the cache is not
 * writable, a folder of the user in the system's temporary folder is used.
 * @param fill writes the contents into an empty folder
 * @returns the folder's path
 */
export function cachedFolder(name: string, fill: (folder: string) => void): string {
  const cache = cacheFolder();
  // Libraries are loaded from here: a folder that another user made in a shared place must not be trusted.
  const shared = join(tmpdir(), `nastransfer-${process.getuid?.() ?? 'user'}`);
  // A read-only cache is usable if it has the folder already.
  if (existsSync(join(cache, name))) return join(cache, name);
  if (isWritable(cache)) return makeFolder(join(cache, name), fill);
  if (isWritable(shared) && isOwn(shared)) {
    return existsSync(join(shared, name)) ? join(shared, name) : makeFolder(join(shared, name), fill);
  }
  return makeFolder(join(mkdtempSync(join(tmpdir(), 'nastransfer-')), name), fill);
}

function makeFolder(target: string, fill: (folder: string) => void): string {
  const temporary = mkdtempSync(`${target}.`);
  try {
    fill(temporary);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isOwn(folder: string): boolean {
  const entry = lstatSync(folder);
  return entry.isDirectory() && entry.uid === (process.getuid?.() ?? entry.uid);
}
