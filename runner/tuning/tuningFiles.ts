import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../src/engine/device/node/cache.js';
import type { TuningStore } from '../../src/engine/tuner/index.js';
import { atomicWrite } from '../files/atomicWrite.js';

/** A store of tunings as JSON files in a folder, by default in the user's cache. Writing throws StoreError. */
export function tuningFiles(folder = join(cacheFolder(), 'tuning')): TuningStore {
  const pathOf = (name: string) => join(folder, `${name}.json`);
  return {
    async read(name) {
      try {
        return JSON.parse(await readFile(pathOf(name), 'utf8'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(name, tuning) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await atomicWrite(pathOf(name), `${JSON.stringify(tuning, undefined, 2)}\n`);
    },
    remove: (name) => rm(pathOf(name), { force: true }),
  };
}
