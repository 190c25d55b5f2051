import { DataError } from './errors.js';
import type { ImageSplit } from './imageSet.js';

/** Largest plausible image edge in pixels; a larger number in a header means a damaged file. */
const LARGEST_EDGE = 4096;

const UNSIGNED_BYTE = 0x08;

export interface IdxImages {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** count x height x width x channels. */
  readonly pixels: Uint8Array;
}

export interface IdxHeader {
  readonly sizes: readonly number[];
  /** Bytes of the header. */
  readonly start: number;
  /** Bytes of the whole file according to its header. */
  readonly length: number;
}

/**
 * Header of an IDX file (LeCun's MNIST format): two zero bytes, the element type, the number of dimensions, then one big-endian
 * 32-bit size per dimension. Only unsigned bytes are read. `bytes` may be just the beginning of the file.
 * @throws {DataError} when the header is damaged or has other dimensions
 */
export function parseIdxHeader(bytes: Uint8Array, file: string, dimensions: readonly number[]): IdxHeader {
  const wantedMagic = dimensions.map((d) => `0x0000080${d}`).join(' or ');
  if (bytes.length < 4) {
    throw new DataError({ file, offset: 0, got: `${bytes.length} bytes`, wanted: `an IDX header (${wantedMagic})` });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const rank = magic & 0xff;
  if (magic >>> 8 !== UNSIGNED_BYTE || !dimensions.includes(rank)) {
    const got = `magic number 0x${magic.toString(16).padStart(8, '0')}`;
    throw new DataError({ file, offset: 0, got, wanted: wantedMagic });
  }
  const start = 4 + 4 * rank;
  if (bytes.length < start) {
    const wanted = `an IDX header of ${start} bytes`;
    throw new DataError({ file, offset: bytes.length, got: `end of file after ${bytes.length} bytes`, wanted });
  }
  const sizes = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  if (sizes[0] === 0) throw new DataError({ file, offset: 4, got: 'a count of 0', wanted: 'at least one item' });
  return { sizes, start, length: start + sizes.reduce((product, size) => product * size, 1) };
}

function checkLength(bytes: Uint8Array, header: IdxHeader, file: string): void {
  if (bytes.length === header.length) return;
  const declared = `${header.length} bytes for the declared ${header.sizes.join(' x ')}`;
  const short = bytes.length < header.length;
  throw new DataError({
    file,
    offset: Math.min(bytes.length, header.length),
    got: short ? `end of file after ${bytes.length} bytes` : `${bytes.length - header.length} bytes too many`,
    wanted: declared,
  });
}

/** Images of an IDX file: count x height x width, or count x height x width x 1 or 3. @throws {DataError} when the file is damaged */
export function parseIdxImages(bytes: Uint8Array, file: string): IdxImages {
  const header = parseIdxHeader(bytes, file, [3, 4]);
  const [count, height, width, channels = 1] = header.sizes;
  for (const [i, edge] of [height, width].entries()) {
    if (edge >= 1 && edge <= LARGEST_EDGE) continue;
    const wanted = `an image edge from 1 to ${LARGEST_EDGE}`;
    throw new DataError({ file, offset: 8 + 4 * i, got: `an edge of ${edge} pixels`, wanted });
  }
  if (channels !== 1 && channels !== 3) {
    throw new DataError({ file, offset: 16, got: `${channels} channels`, wanted: '1 or 3 channels' });
  }
  checkLength(bytes, header, file);
  return { count, height, width, channels, pixels: bytes.subarray(header.start) };
}

/** Labels of a one-dimensional IDX file, each below `classes` if given. @throws {DataError} when the file is damaged or a label too large */
export function parseIdxLabels(bytes: Uint8Array, file: string, classes = 256): Uint16Array {
  const header = parseIdxHeader(bytes, file, [1]);
  checkLength(bytes, header, file);
  const labels = Uint16Array.from(bytes.subarray(header.start));
  const bad = labels.findIndex((label) => label >= classes);
  if (bad >= 0) {
    const got = `label ${labels[bad]}`;
    throw new DataError({ file, offset: header.start + bad, got, wanted: `a label from 0 to ${classes - 1}` });
  }
  return labels;
}

/** A split of images and their labels. @throws {DataError} when their numbers differ */
export function idxSplit(images: IdxImages, labels: Uint16Array, labelFile: string): ImageSplit {
  if (labels.length !== images.count) {
    const wanted = `${images.count}, one label for each image`;
    throw new DataError({ file: labelFile, offset: 4, got: `${labels.length} labels`, wanted });
  }
  return { count: images.count, pixels: images.pixels, labels };
}
