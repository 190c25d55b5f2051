import { accessSync, constants, existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The user's cache folder for this program, by the platform's custom; not made yet. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, 'nastransfer');
  if (process.platform === 'win32') return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'nastransfer');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'nastransfer');
  return join(homedir(), '.cache', 'nastransfer');
}

/**
 * The folder `name` in the user's cache, made by `fill` the first time. It is filled under another name and then
 * renamed, so that it is whole or not there: of several processes that start at once, one wins and all go on. Where
 * the cache can't be written, a folder of the user's own in the system's temporary one serves.
 */
export function cachedFolder(name: string, fill: (folder: string) => void): string {
  const cache = cacheFolder();
  // Libraries are loaded from here: in a place shared by all users, what somebody else made is not to be trusted.
  const shared = join(tmpdir(), `nastransfer-${process.getuid?.() ?? 'user'}`);
  // A cache that can't be written but has the folder already is as good as one that can.
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
