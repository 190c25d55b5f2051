import { join } from 'node:path';
import {
  CIFAR_EDGE,
  CIFAR10,
  CIFAR100,
  DataError,
  type ImageSet,
  type ImageSplit,
  joinSplits,
  parseCifarBinary,
} from '../../src/nas/data/index.js';
import { exists, listFolder, readBytes } from './files.js';

export const CIFAR10_FILE = /^(data_batch_\d+|test_batch)\.bin$/;
export const CIFAR100_FILE = /^(train|test)\.bin$/;

const OFFICIAL_BATCHES = 5;
const OFFICIAL_RECORDS = 10_000;

const CIFAR10_CLASSES = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ');

/**
 * The binary version of CIFAR-10: data_batch_1.bin and on, test_batch.bin. All training batches must have one number of records, and
 * with the official 10,000 there must be five batches and as many test records, so that a batch truncated between two
 * records is detected. @throws {DataError} when a file is missing, damaged or of the wrong size
 */
export async function openCifar10(folder: string, name: string): Promise<ImageSet> {
  const present = (await listFolder(folder)).filter((file) => /^data_batch_\d+\.bin$/.test(file));
  const numbers = present.map((file) => Number(file.match(/\d+/)?.[0]));
  const batches: ImageSplit[] = [];
  let needed = Math.max(1, ...numbers);
  for (let i = 1; i <= needed; i++) {
    const file = join(folder, `data_batch_${i}.bin`);
    const batch = parseCifarBinary(await readBytes(file), file, CIFAR10);
    if (batch.count === OFFICIAL_RECORDS) needed = Math.max(needed, OFFICIAL_BATCHES);
    if (i > 1) checkRecords(file, batch.count, batches[0].count, 'as in data_batch_1.bin');
    batches.push(batch);
  }
  const testFile = join(folder, 'test_batch.bin');
  const test = parseCifarBinary(await readBytes(testFile), testFile, CIFAR10);
  if (batches[0].count === OFFICIAL_RECORDS) checkRecords(testFile, test.count, OFFICIAL_RECORDS, 'as in every batch');
  const classes = (await readNames(join(folder, 'batches.meta.txt'), 10)) ?? CIFAR10_CLASSES;
  return cifarSet(name, classes, joinSplits(batches), test);
}

/** The binary version of CIFAR-100: train.bin and test.bin; the classes are the 100 fine labels. Errors: `DataError`. */
export async function openCifar100(folder: string, name: string): Promise<ImageSet> {
  const read = async (file: string): Promise<ImageSplit> =>
    parseCifarBinary(await readBytes(join(folder, file)), join(folder, file), CIFAR100);
  const train = await read('train.bin');
  const test = await read('test.bin');
  const names = await readNames(join(folder, 'fine_label_names.txt'), 100);
  return cifarSet(name, names ?? Array.from({ length: 100 }, (_, i) => `fine label ${i}`), train, test);
}

function cifarSet(name: string, classes: readonly string[], train: ImageSplit, test: ImageSplit): ImageSet {
  return { name, height: CIFAR_EDGE, width: CIFAR_EDGE, channels: 3, classes, train, test };
}

function checkRecords(file: string, got: number, wanted: number, why: string): void {
  if (got !== wanted) throw new DataError({ file, got: `${got} records`, wanted: `${wanted} records ${why}` });
}

async function readNames(file: string, count: number): Promise<string[] | undefined> {
  if (!(await exists(file))) return undefined;
  const names = (await readBytes(file))
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  if (names.length !== count) {
    throw new DataError({ file, got: `${names.length} class names`, wanted: `${count}, one per line` });
  }
  return names;
}
