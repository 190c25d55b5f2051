import { readdir, readFile, stat } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import { DataError } from '../../src/nas/data/index.js';
import { reasonOf } from '../errors/reason.js';

/** Images of one file or folder may not take more memory than this (2 GiB). */
export const LARGEST_BYTES = 2 ** 31;

function fileError(file: string, wanted: string, cause: unknown): DataError {
  return new DataError({ file, got: reasonOf(cause), wanted }, { cause });
}

/** The whole file. Errors: `DataError`. */
export async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw fileError(file, 'a readable file', cause);
  }
}

/** Names in a folder in code-unit order, so that what is made of them does not depend on the file system. */
export async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    throw fileError(folder, 'a readable folder', cause);
  }
}

export async function isFolder(path: string): Promise<boolean> {
  const entry = await stat(path).catch(() => undefined);
  return entry?.isDirectory() ?? false;
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/**
 * Decompresses a gzip file that should give `length` bytes. Larger results are rejected before memory is allocated.
 * The caller checks for results that are too short.
 * @throws {DataError} when the file is damaged, truncated or too long, or has bytes after its end
 */
export function gunzip(bytes: Uint8Array, file: string, length: number): Uint8Array {
  if (length > LARGEST_BYTES) {
    throw new DataError({ file, got: `${length} bytes of images declared`, wanted: `at most ${LARGEST_BYTES}` });
  }
  try {
    // With `info` Node also returns the zlib engine, which knows how much it has read; its types lack that.
    const result = gunzipSync(bytes, { maxOutputLength: length + 1, info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    const read = result.engine.bytesWritten;
    if (read === bytes.length) return result.buffer;
    const got = `${bytes.length - read} bytes after the end of the gzip stream`;
    throw new DataError({ file, offset: read, got, wanted: 'the end of the file' });
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      const wanted = `${length} bytes after decompression`;
      throw new DataError({ file, offset: length, got: 'more', wanted }, { cause });
    }
    const truncated = code === 'Z_BUF_ERROR';
    const got = truncated ? `end of file after ${bytes.length} bytes` : `gzip: ${message}`;
    const offset = truncated ? bytes.length : undefined;
    throw new DataError({ file, offset, got, wanted: 'a whole, undamaged gzip stream' }, { cause });
  }
}

/** What the first 64 KiB of a gzip file decompress to; nothing where they are damaged. */
export function gunzipBeginning(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes.subarray(0, 65536), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array(0);
  }
}
