import { dirname, join } from 'node:path';
import { AttributeError } from '../../src/engine/errors/index.js';
import { DataError, type ImageSet, type ImageSplit, toGrey, toRgb } from '../../src/nas/data/index.js';
import { decodeImage, squareRgb } from './decode.js';
import { isFolder, LARGEST_BYTES, listFolder, readBytes } from './files.js';
import { trainTestSplit } from './split.js';

const IMAGE_FILE = /\.(png|jpe?g)$/i;

/** What operating systems leave in folders. */
const SYSTEM_FILE = /^(\..*|Thumbs\.db|desktop\.ini)$/i;

const DEFAULT_SIZE = 32;
const LARGEST_SIZE = 1024;

interface ClassFiles {
  readonly name: string;
  readonly files: readonly string[];
}

/**
 * A folder with one sub-folder of PNG and JPEG images per class. Each image is put on white, cropped to its centre square and resized to
 * size x size. With sub-folders `train` and `test` (of the same classes) these are the two parts, and other sub-folders are
 * ignored; otherwise a fifth of every class, chosen by a seed, becomes test images. One channel where every image is grey.
 * Anything else in a class folder, an empty class, an image beside the class folders: `DataError`.
 */
export async function openClassFolder(folder: string, name: string, size = DEFAULT_SIZE): Promise<ImageSet> {
  if (!Number.isInteger(size) || size < 1 || size > LARGEST_SIZE) {
    throw new AttributeError(
      `image folder ${folder}: size is ${size}, wanted a whole number from 1 to ${LARGEST_SIZE}`,
    );
  }
  const [trainFolder, testFolder] = [join(folder, 'train'), join(folder, 'test')];
  if ((await isFolder(trainFolder)) && (await isFolder(testFolder))) {
    const trainFiles = await listClasses(trainFolder);
    const testFiles = await listClasses(testFolder);
    const classes = trainFiles.map((c) => c.name);
    for (const [has, lacks, where] of [
      [trainFiles, testFiles, testFolder],
      [testFiles, trainFiles, trainFolder],
    ] as const) {
      const missing = has.find((c) => !lacks.some((other) => other.name === c.name));
      if (missing) throw new DataError({ file: where, got: `no class '${missing.name}'`, wanted: 'the same classes' });
    }
    return asSet(name, size, classes, await readImages(trainFiles, size), await readImages(testFiles, size));
  }
  const files = await listClasses(folder);
  const small = files.find((c) => c.files.length < 2);
  if (small) {
    const wanted = 'at least two images per class, one for training and one for testing';
    throw new DataError({ file: join(folder, small.name), got: 'one image', wanted });
  }
  const classes = files.map((c) => c.name);
  const parts = trainTestSplit(await readImages(files, size), classes.length, 'folder-test');
  for (const [part, split] of Object.entries(parts)) {
    const lacking = classes.find((_, c) => !split.labels.includes(c));
    if (lacking === undefined) continue;
    const got = `no ${part} image of class '${lacking}' after equal images were kept together`;
    throw new DataError({ file: folder, got, wanted: 'at least two different images per class' });
  }
  return asSet(name, size, classes, parts.train, parts.test);
}

/** Pictures that are decoded to learn how large those of a folder are. */
const SAMPLE = 8;

/** The shorter side of the pictures of a folder that `openClassFolder` reads, as they lie there: the median of some. Errors: `DataError`. */
export async function classFolderEdge(folder: string): Promise<number> {
  const [trainFolder, testFolder] = [join(folder, 'train'), join(folder, 'test')];
  const parted = (await isFolder(trainFolder)) && (await isFolder(testFolder));
  const classes = await listClasses(parted ? trainFolder : folder);
  const edges: number[] = [];
  for (const { files } of classes.slice(0, SAMPLE)) {
    const { width, height } = decodeImage(await readBytes(files[0]), files[0]);
    edges.push(Math.min(width, height));
  }
  return edges.sort((a, b) => a - b)[edges.length >> 1];
}

/** Whether there is anything here that `openClassFolder` would read. */
export async function hasSubFolders(folder: string): Promise<boolean> {
  for (const entry of await listFolder(folder)) if (await isFolder(join(folder, entry))) return true;
  return false;
}

async function listClasses(folder: string): Promise<ClassFiles[]> {
  const classes: ClassFiles[] = [];
  for (const name of await listFolder(folder)) {
    const path = join(folder, name);
    if (SYSTEM_FILE.test(name)) continue;
    if (await isFolder(path)) classes.push({ name, files: await listImages(path) });
    else if (IMAGE_FILE.test(name)) {
      throw new DataError({
        file: path,
        got: 'an image outside a class',
        wanted: 'images in one sub-folder per class',
      });
    }
  }
  if (classes.length >= 2) return classes;
  const got = classes.length === 0 ? 'no sub-folder' : `one sub-folder, '${classes[0].name}'`;
  throw new DataError({ file: folder, got, wanted: 'one sub-folder per class, at least two' });
}

async function listImages(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const name of await listFolder(folder)) {
    const path = join(folder, name);
    if (SYSTEM_FILE.test(name)) continue;
    if (await isFolder(path)) {
      const advice = 'A class folder holds images only: move the images up, or remove the inner folder';
      throw new DataError({
        file: path,
        got: 'a folder in a class folder',
        wanted: 'PNG and JPEG images only',
        advice,
      });
    }
    if (!IMAGE_FILE.test(name)) {
      const advice = 'Convert it, or move it out of the folder';
      throw new DataError({ file: path, got: 'a file of another kind', wanted: 'PNG and JPEG images only', advice });
    }
    files.push(path);
  }
  if (files.length > 0) return files;
  throw new DataError({ file: folder, got: 'an empty class folder', wanted: 'PNG or JPEG images' });
}

async function readImages(classes: readonly ClassFiles[], size: number): Promise<ImageSplit> {
  const count = classes.reduce((sum, c) => sum + c.files.length, 0);
  if (count * size * size * 3 > LARGEST_BYTES) {
    const got = `${count} images, ${count * size * size * 3} bytes at ${size}x${size} pixels`;
    const file = dirname(classes[0].files[0]);
    throw new DataError({ file, got, wanted: `at most ${LARGEST_BYTES} bytes`, advice: 'Choose a smaller size' });
  }
  const pixels = new Uint8Array(count * size * size * 3);
  const labels = new Uint16Array(count);
  let i = 0;
  for (const [label, { files }] of classes.entries()) {
    for (const file of files) {
      pixels.set(squareRgb(decodeImage(await readBytes(file), file), size), i * size * size * 3);
      labels[i++] = label;
    }
  }
  return { count, pixels, labels };
}

function asSet(name: string, size: number, classes: string[], train: ImageSplit, test: ImageSplit): ImageSet {
  const grey = [train, test].every(({ pixels }) => {
    const once = toRgb(toGrey(pixels));
    return Buffer.compare(once, pixels) === 0;
  });
  const adapt = (split: ImageSplit): ImageSplit => (grey ? { ...split, pixels: toGrey(split.pixels) } : split);
  const shape = { name, height: size, width: size, channels: grey ? (1 as const) : (3 as const), classes };
  return { ...shape, train: adapt(train), test: adapt(test) };
}
