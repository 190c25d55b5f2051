import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';
import { afterAll } from 'vitest';
import { DataError } from '../../../src/nas/data/images/errors.js';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The folder with the packed image sets that some tests need, if it exists. */
export function packedFolder(): string | undefined {
  const folder = process.env.NASTRANSFER_DATA || resolve(repository, '../shared/data/images');
  if (existsSync(join(folder, 'cifar10_5k.json'))) return folder;
  console.warn(
    `Skipping tests of packed image sets: none in ${folder}. Set NASTRANSFER_DATA to the folder with cifar10_5k.json to run them.`,
  );
  return undefined;
}

/** A separate folder for a test file, removed afterwards. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nastransfer-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files (path in the folder -> content), making folders as needed. Returns `folder`. */
export function writeFiles(folder: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return folder;
}

/** A PNG of width x height pixels, RGBA by position. */
export function pngOf(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number, number?],
): Buffer {
  const png = new PNG({ width, height });
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [r, g, b, a = 255] = colour(x, y);
      png.data.set([r, g, b, a], (y * width + x) * 4);
    }
  return PNG.sync.write(png);
}

/** An IDX file of unsigned bytes. */
export function idxFile(sizes: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header[2] = 8;
  header[3] = sizes.length;
  for (const [i, size] of sizes.entries()) header.writeUInt32BE(size, 4 + 4 * i);
  return Buffer.concat([header, data]);
}

/** The DataError that `run` throws; fails if it does not throw one. */
export async function dataErrorOf(run: () => unknown): Promise<DataError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
  throw new Error('wanted a DataError, but nothing was refused');
}
