import { join } from 'node:path';
import {
  DataError,
  type ImageSet,
  type ImageSplit,
  idxSplit,
  parseIdxHeader,
  parseIdxImages,
  parseIdxLabels,
} from '../../src/nas/data/index.js';
import { exists, gunzip, gunzipBeginning, readBytes } from './files.js';

/** Names of the four files, with the hyphen of the original and the dot of many copies; each may end in .gz. */
export const IDX_FILE = /^(train|t10k)-(images|labels)[-.]idx([13])-ubyte(\.gz)?$/;

export interface IdxExpectation {
  readonly classes: readonly string[];
  readonly train: number;
  readonly test: number;
  readonly edge: number;
}

type Part = 'train' | 't10k';

/**
 * An MNIST-like folder: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte. Without
 * `expected`, the classes are the labels of the training images, which must be consecutive. Errors: `DataError`.
 */
export async function openIdxFolder(folder: string, name: string, expected?: IdxExpectation): Promise<ImageSet> {
  const train = await readPart(folder, 'train', expected);
  const test = await readPart(folder, 't10k', expected);
  for (const key of ['height', 'width', 'channels'] as const) {
    if (train[key] === test[key]) continue;
    const wanted = `a ${key} of ${train[key]} as in the training images`;
    throw new DataError({ file: test.imageFile, got: `a ${key} of ${test[key]}`, wanted });
  }
  const { height, width, channels } = train;
  const shape = { name, height, width, channels };
  if (expected) return { ...shape, classes: expected.classes, train: train.split, test: test.split };
  const { first, classes } = consecutiveLabels(train.split.labels, train.labelFile);
  return {
    ...shape,
    classes: Array.from({ length: classes }, (_, i) => String(first + i)),
    train: shifted(train.split, first, classes, train.labelFile),
    test: shifted(test.split, first, classes, test.labelFile),
  };
}

async function readPart(folder: string, part: Part, expected: IdxExpectation | undefined) {
  const imageFile = await findFile(folder, part, 'images', 3);
  const labelFile = await findFile(folder, part, 'labels', 1);
  const images = parseIdxImages(await readIdx(imageFile, [3, 4]), imageFile);
  const labels = parseIdxLabels(await readIdx(labelFile, [1]), labelFile, expected?.classes.length);
  if (expected) {
    const count = part === 'train' ? expected.train : expected.test;
    if (images.count !== count || images.height !== expected.edge || images.width !== expected.edge) {
      const got = `${images.count} images of ${images.height}x${images.width}`;
      throw new DataError({
        file: imageFile,
        offset: 4,
        got,
        wanted: `${count} of ${expected.edge}x${expected.edge}`,
      });
    }
  }
  const { height, width, channels } = images;
  return { height, width, channels, imageFile, labelFile, split: idxSplit(images, labels, labelFile) };
}

async function findFile(folder: string, part: Part, kind: 'images' | 'labels', rank: 1 | 3): Promise<string> {
  const names = [`${part}-${kind}-idx${rank}-ubyte`, `${part}-${kind}.idx${rank}-ubyte`];
  for (const file of names.flatMap((name) => [name, `${name}.gz`])) {
    const path = join(folder, file);
    if (await exists(path)) return path;
  }
  throw new DataError({ file: join(folder, names[0]), got: 'no such file', wanted: 'this file, or the same with .gz' });
}

/** A .gz file is decompressed to no more than its own header declares. */
async function readIdx(file: string, dimensions: readonly number[]): Promise<Uint8Array> {
  const bytes = await readBytes(file);
  if (!file.endsWith('.gz')) return bytes;
  const beginning = gunzipBeginning(bytes);
  // A stream that is damaged at its start is reported as damaged, not as a short header.
  const length = beginning.length === 0 ? 0 : parseIdxHeader(beginning, file, dimensions).length;
  return gunzip(bytes, file, length);
}

function consecutiveLabels(labels: Uint16Array, file: string): { first: number; classes: number } {
  const seen = new Set(labels);
  const first = Math.min(...seen);
  const classes = Math.max(...seen) - first + 1;
  if (classes === seen.size) return { first, classes };
  let gap = first;
  while (seen.has(gap)) gap++;
  const above = labels.findIndex((label) => label > gap);
  throw new DataError({
    file,
    offset: 8 + above,
    got: `label ${labels[above]} but no training image with label ${gap}`,
    wanted: 'consecutive labels',
  });
}

function shifted(split: ImageSplit, first: number, classes: number, file: string): ImageSplit {
  const labels = split.labels.map((label) => label - first);
  const bad = labels.findIndex((label) => label >= classes);
  if (bad >= 0) {
    const wanted = `a label of the training images, ${first} to ${first + classes - 1}`;
    throw new DataError({ file, offset: 8 + bad, got: `label ${split.labels[bad]}`, wanted });
  }
  return { ...split, labels };
}
