import { basename, join } from 'node:path';
import {
  type ImageSet,
  type PackedDescription,
  packedLength,
  parsePacked,
  parsePackedDescription,
} from '../../src/nas/data/index.js';
import { exists, gunzip, listFolder, readBytes } from './files.js';

/** Names of the packed sets in a folder: NAME.bin.gz or NAME.bin (NAME.json may still be missing). */
export async function packedNames(folder: string): Promise<string[]> {
  const names = (await listFolder(folder)).flatMap((file) => file.match(/^(.+)\.bin(\.gz)?$/)?.[1] ?? []);
  return [...new Set(names)];
}

/** NAME.json of a packed set. Errors: `DataError`. */
export async function describePacked(folder: string, name: string): Promise<PackedDescription> {
  const file = join(folder, `${name}.json`);
  return parsePackedDescription((await readBytes(file)).toString('utf8'), file);
}

/** The packed set NAME.json + NAME.bin.gz (or NAME.bin), named after its files. Errors: `DataError`. */
export async function openPacked(folder: string, name: string): Promise<ImageSet> {
  const description = await describePacked(folder, name);
  const compressed = join(folder, `${name}.bin.gz`);
  if (await exists(compressed)) {
    const bytes = gunzip(await readBytes(compressed), compressed, packedLength(description));
    return { ...parsePacked(bytes, compressed, description), name };
  }
  const plain = join(folder, `${name}.bin`);
  return { ...parsePacked(await readBytes(plain), plain, description), name };
}

/** NAME of NAME.json, NAME.bin or NAME.bin.gz; undefined for other files. */
export function packedNameOf(file: string): string | undefined {
  return basename(file).match(/^(.+)\.(json|bin|bin\.gz)$/)?.[1];
}
