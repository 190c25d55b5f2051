import { DataError } from './errors.js';
import type { ImageSplit } from './imageSet.js';

export const CIFAR_EDGE = 32;
const PLANE = CIFAR_EDGE * CIFAR_EDGE;
const IMAGE_BYTES = 3 * PLANE;

/** Label bytes before the pixels of a record, and the number of classes of each. */
export interface CifarLayout {
  readonly labelBytes: readonly { readonly name: string; readonly classes: number }[];
  /** Which label byte is the class. */
  readonly classByte: number;
}

/** CIFAR-10: 1 label byte + 3072 pixels (Krizhevsky 2009, binary version). */
export const CIFAR10: CifarLayout = { labelBytes: [{ name: 'label', classes: 10 }], classByte: 0 };

/** CIFAR-100: coarse label, fine label, 3072 pixels; the fine label is the class. */
export const CIFAR100: CifarLayout = {
  labelBytes: [
    { name: 'coarse label', classes: 20 },
    { name: 'fine label', classes: 100 },
  ],
  classByte: 1,
};

/**
 * Records of one CIFAR binary file: label bytes, then the red, green and blue plane of 32x32 bytes each, row by row; the result is
 * NHWC.
 * @throws {DataError} when the file is empty, is not a whole number of records, or has a label out of range
 */
export function parseCifarBinary(bytes: Uint8Array, file: string, layout: CifarLayout): ImageSplit {
  const head = layout.labelBytes.length;
  const record = head + IMAGE_BYTES;
  const count = Math.floor(bytes.length / record);
  if (count === 0 || bytes.length % record !== 0) {
    const left = bytes.length % record;
    throw new DataError({
      file,
      offset: count * record,
      got: bytes.length === 0 ? 'an empty file' : `${left} bytes after ${count} whole records`,
      wanted: `whole records of ${record} bytes, at least one`,
    });
  }
  const pixels = new Uint8Array(count * IMAGE_BYTES);
  const labels = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    const start = i * record;
    for (const [b, { name, classes }] of layout.labelBytes.entries()) {
      const label = bytes[start + b];
      if (label >= classes) {
        const wanted = `a ${name} from 0 to ${classes - 1}`;
        throw new DataError({ file, offset: start + b, got: `${name} ${label} in record ${i}`, wanted });
      }
    }
    labels[i] = bytes[start + layout.classByte];
    let out = i * IMAGE_BYTES;
    for (let p = start + head; p < start + head + PLANE; p++) {
      pixels[out++] = bytes[p];
      pixels[out++] = bytes[p + PLANE];
      pixels[out++] = bytes[p + 2 * PLANE];
    }
  }
  return { count, pixels, labels };
}

/** The images of several splits, concatenated in order. */
export function joinSplits(parts: readonly ImageSplit[]): ImageSplit {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const pixels = new Uint8Array(parts.reduce((sum, part) => sum + part.pixels.length, 0));
  const labels = new Uint16Array(count);
  let images = 0;
  let bytes = 0;
  for (const part of parts) {
    pixels.set(part.pixels, bytes);
    labels.set(part.labels, images);
    images += part.count;
    bytes += part.pixels.length;
  }
  return { count, pixels, labels };
}
