import type { ImageSplit } from './imageSet.js';
import { classCounts } from './statistics.js';
import { type ImageShape, resizePixels } from './transform.js';

export interface LinearClassifierOptions {
  /** Weight of the ridge penalty, relative to the mean variance of a feature (times the number of images). */
  readonly lambda?: number;
  /** Images are resized to size x size first (area averaging); default: not resized. */
  readonly size?: number;
}

/**
 * Test accuracy (0..1) of a linear classifier on pixels, a baseline that a network should clearly exceed: ridge regression of one-hot
 * targets (+1 for the class, -1 for the others) on pixels scaled to 0..1, with a bias that is not penalised, solved in
 * float64 through the normal equations by Cholesky decomposition. Time is O(images x features^2 + features^3).
 */
export function linearClassifierAccuracy(
  train: ImageSplit,
  test: ImageSplit,
  shape: ImageShape & { readonly classes: number },
  { lambda = 0.1, size }: LinearClassifierOptions = {},
): number {
  const features = (split: ImageSplit): Uint8Array =>
    size === undefined ? split.pixels : resizePixels(split.pixels, split.count, shape, size, size);
  const width = (size === undefined ? shape.height * shape.width : size * size) * shape.channels;
  const { classes } = shape;
  const x = features(train);
  const mean = columnMeans(x, width);
  const { gram, moments } = normalEquations(x, mean, train.labels, classes);
  let trace = 0;
  for (let i = 0; i < width; i++) trace += gram[i * width + i];
  // The lower bound keeps the system positive definite when all images are equal.
  const ridge = Math.max((lambda * trace) / width, 1e-12);
  for (let i = 0; i < width; i++) gram[i * width + i] += ridge;
  cholesky(gram, width);
  const weights = solve(gram, width, moments, classes);
  const counts = classCounts(train, classes);
  const bias = counts.map((n, k) => {
    let dot = 0;
    for (let i = 0; i < width; i++) dot += mean[i] * weights[k * width + i];
    return (2 * n) / train.count - 1 - dot;
  });
  return accuracy(features(test), test.labels, weights, bias, width);
}

/** Accuracy of always predicting the most frequent class of the test images. */
export function chanceAccuracy(test: ImageSplit, classes: number): number {
  return Math.max(...classCounts(test, classes)) / test.count;
}

function columnMeans(pixels: Uint8Array, width: number): Float64Array {
  const mean = new Float64Array(width);
  for (let at = 0; at < pixels.length; at += width) for (let i = 0; i < width; i++) mean[i] += pixels[at + i];
  const scale = width / (255 * pixels.length);
  for (let i = 0; i < width; i++) mean[i] *= scale;
  return mean;
}

/**
 * X'X (upper triangle, row-major) and X'Y (classes x features) of centred pixels in 0..1. The targets need not be centred: every
 * column of X sums to zero.
 */
function normalEquations(
  pixels: Uint8Array,
  mean: Float64Array,
  labels: Uint16Array,
  classes: number,
): { gram: Float64Array; moments: Float64Array } {
  const width = mean.length;
  const count = labels.length;
  const gram = new Float64Array(width * width);
  const moments = new Float64Array(classes * width);
  // Four images at a time, so that each element of X'X is loaded and stored a quarter as often.
  const rows = Array.from({ length: 4 }, () => new Float64Array(width));
  const [a, b, c, d] = rows;
  for (let n = 0; n < count; n += 4) {
    for (let r = 0; r < 4; r++) {
      const row = rows[r];
      if (n + r >= count) {
        row.fill(0);
        continue;
      }
      const at = (n + r) * width;
      const moment = labels[n + r] * width;
      for (let i = 0; i < width; i++) {
        row[i] = pixels[at + i] / 255 - mean[i];
        // +1 and -1 targets differ from 2 and 0 by a constant, which the zero column sums remove.
        moments[moment + i] += 2 * row[i];
      }
    }
    for (let i = 0; i < width; i++) {
      const ai = a[i];
      const bi = b[i];
      const ci = c[i];
      const di = d[i];
      const at = i * width;
      for (let j = i; j < width; j++) gram[at + j] += ai * a[j] + bi * b[j] + ci * c[j] + di * d[j];
    }
  }
  return { gram, moments };
}

/** Cholesky factorisation in place: R'R = A, both given by their upper triangles; A is symmetric positive definite. */
function cholesky(a: Float64Array, n: number): void {
  for (let k = 0; k < n; k++) {
    const row = k * n;
    const pivot = Math.sqrt(a[row + k]);
    for (let j = k; j < n; j++) a[row + j] /= pivot;
    for (let i = k + 1; i < n; i++) {
      const factor = a[row + i];
      const target = i * n;
      for (let j = i; j < n; j++) a[target + j] -= factor * a[row + j];
    }
  }
}

/** Solves R'R w = b for each of `columns` right-hand sides (columns x n), in place. */
function solve(r: Float64Array, n: number, b: Float64Array, columns: number): Float64Array {
  for (let k = 0; k < columns; k++) {
    const w = b.subarray(k * n, (k + 1) * n);
    for (let i = 0; i < n; i++) {
      w[i] /= r[i * n + i];
      for (let j = i + 1; j < n; j++) w[j] -= r[i * n + j] * w[i];
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = w[i];
      for (let j = i + 1; j < n; j++) sum -= r[i * n + j] * w[j];
      w[i] = sum / r[i * n + i];
    }
  }
  return b;
}

function accuracy(
  pixels: Uint8Array,
  labels: Uint16Array,
  weights: Float64Array,
  bias: readonly number[],
  width: number,
): number {
  let right = 0;
  for (let n = 0; n < labels.length; n++) {
    let best = 0;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < bias.length; k++) {
      let score = 0;
      for (let i = 0; i < width; i++) score += pixels[n * width + i] * weights[k * width + i];
      score = score / 255 + bias[k];
      if (score > bestScore) {
        best = k;
        bestScore = score;
      }
    }
    if (best === labels[n]) right++;
  }
  return right / labels.length;
}
