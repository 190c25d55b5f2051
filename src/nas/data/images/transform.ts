import { AttributeError } from '../../../engine/errors/errors.js';
import type { ImageSet, ImageSplit } from './imageSet.js';

/**
 * The weights of one output position of an axis: sum of input[first + k] * weights[k], divided by `total`. All are integers, so that
 * resizing is exact and rounds the same on every machine.
 */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

interface Axis {
  readonly taps: readonly Taps[];
  readonly total: number;
}

/** Area averaging: in units of 1/output of an input pixel, output i covers [i*input, (i+1)*input). */
function shrink(input: number, output: number): Axis {
  const taps = Array.from({ length: output }, (_, i): Taps => {
    const from = i * input;
    const to = from + input;
    const first = Math.floor(from / output);
    const weights: number[] = [];
    for (let j = first; j * output < to; j++) weights.push(Math.min((j + 1) * output, to) - Math.max(j * output, from));
    return { first, weights };
  });
  return { taps, total: input };
}

/** Bilinear with pixel centres at (i + 1/2) and the edge replicated: source position ((2i+1) input - output) / (2 output). */
function grow(input: number, output: number): Axis {
  const total = 2 * output;
  const taps = Array.from({ length: output }, (_, i): Taps => {
    const position = (2 * i + 1) * input - output;
    const first = Math.floor(position / total);
    const right = position - first * total;
    if (first < 0) return { first: 0, weights: [total] };
    if (first >= input - 1 || right === 0) return { first: Math.min(first, input - 1), weights: [total] };
    return { first, weights: [total - right, right] };
  });
  return { taps, total };
}

const axis = (input: number, output: number): Axis => (output < input ? shrink(input, output) : grow(input, output));

export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * Resizes `count` images (NHWC): area averaging along an axis that shrinks, bilinear along one that grows. Rounded half up from
 * exact integer sums, so that the result is the same on every machine.
 */
export function resizePixels(
  pixels: Uint8Array,
  count: number,
  { height, width, channels }: ImageShape,
  outHeight: number,
  outWidth: number,
): Uint8Array {
  if (height === outHeight && width === outWidth) return pixels;
  const rows = axis(height, outHeight);
  const columns = axis(width, outWidth);
  const divisor = rows.total * columns.total;
  const inRow = width * channels;
  const outRow = outWidth * channels;
  const out = new Uint8Array(count * outHeight * outRow);
  // Rows are resized to the output width first; a float64 holds these sums exactly.
  const narrowed = new Float64Array(height * outRow);
  for (let n = 0; n < count; n++) {
    const image = n * height * inRow;
    for (let y = 0; y < height; y++) {
      const row = image + y * inRow;
      for (let x = 0; x < outWidth; x++) {
        const { first, weights } = columns.taps[x];
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          let at = row + first * channels + c;
          for (let k = 0; k < weights.length; k++, at += channels) sum += weights[k] * pixels[at];
          narrowed[y * outRow + x * channels + c] = sum;
        }
      }
    }
    for (let y = 0; y < outHeight; y++) {
      const { first, weights } = rows.taps[y];
      const target = (n * outHeight + y) * outRow;
      for (let x = 0; x < outRow; x++) {
        let sum = 0;
        let at = first * outRow + x;
        for (let k = 0; k < weights.length; k++, at += outRow) sum += weights[k] * narrowed[at];
        out[target + x] = Math.floor((2 * sum + divisor) / (2 * divisor));
      }
    }
  }
  return out;
}

/** Luma of ITU-R BT.601: (299 R + 587 G + 114 B) / 1000, rounded half up. RGB bytes in, one byte a pixel out. */
export function toGrey(rgb: Uint8Array): Uint8Array {
  const out = new Uint8Array(rgb.length / 3);
  for (let i = 0, p = 0; i < out.length; i++, p += 3) {
    out[i] = Math.floor((299 * rgb[p] + 587 * rgb[p + 1] + 114 * rgb[p + 2] + 500) / 1000);
  }
  return out;
}

/** Repeats every grey byte three times. */
export function toRgb(grey: Uint8Array): Uint8Array {
  const out = new Uint8Array(grey.length * 3);
  for (let i = 0, p = 0; i < grey.length; i++) {
    out[p++] = grey[i];
    out[p++] = grey[i];
    out[p++] = grey[i];
  }
  return out;
}

export interface ImageFit {
  /** Edge in pixels of the resulting square images. */
  readonly size: number;
  readonly channels: 1 | 3;
}

/**
 * Converts a set to the shape of a protocol: grey or repeated grey, and size x size pixels (images that are not square are
 * stretched). Returns `set` itself where nothing changes.
 * @throws {AttributeError} when the size is not a positive integer
 */
export function fitImages(set: ImageSet, { size, channels }: ImageFit): ImageSet {
  if (!Number.isInteger(size) || size < 1)
    throw new AttributeError(`fitImages: size is ${size}, wanted a positive integer`);
  if (set.height === size && set.width === size && set.channels === channels) return set;
  const adapt = (split: ImageSplit): ImageSplit => {
    // Converted to grey before resizing and repeated after it, which is the least work and rounds once in each step.
    const grey = set.channels === 3 && channels === 1;
    const shape = { height: set.height, width: set.width, channels: grey ? 1 : set.channels };
    const resized = resizePixels(grey ? toGrey(split.pixels) : split.pixels, split.count, shape, size, size);
    return { ...split, pixels: set.channels === 1 && channels === 3 ? toRgb(resized) : resized };
  };
  return { ...set, height: size, width: size, channels, train: adapt(set.train), test: adapt(set.test) };
}
