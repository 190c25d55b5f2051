import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openImageSet } from '../../../runner/data/imageSets.js';
import { dataErrorOf, temporaryFolder, writeFiles } from './support.js';

const root = temporaryFolder();

/** Records with the given labels and pixels all equal to `value`. */
function records(labels: readonly number[][], value: number): Buffer {
  return Buffer.concat(labels.map((bytes) => Buffer.concat([Buffer.from(bytes), Buffer.alloc(3072, value)])));
}

const batch = (value: number, count = 2): Buffer =>
  records(
    Array.from({ length: count }, (_, i) => [i % 10]),
    value,
  );

describe('a folder of CIFAR-10 binary files', () => {
  it('is opened with its batches in numerical order', async () => {
    const files = { 'data_batch_1.bin': batch(1), 'data_batch_2.bin': batch(2), 'test_batch.bin': batch(3, 1) };
    const set = await openImageSet(writeFiles(join(root, 'whole'), files));
    expect(set).toMatchObject({ name: 'whole', height: 32, width: 32, channels: 3, test: { count: 1 } });
    expect(set.classes.slice(0, 2)).toEqual(['airplane', 'automobile']);
    expect([...set.train.labels]).toEqual([0, 1, 0, 1]);
    expect(set.train.pixels[2 * 3072]).toBe(2);
  });

  it('uses the class names of batches.meta.txt', async () => {
    const files = {
      'data_batch_1.bin': batch(1),
      'test_batch.bin': batch(3),
      'batches.meta.txt': 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n',
    };
    expect((await openImageSet(writeFiles(join(root, 'meta'), files))).classes.join('')).toBe('abcdefghij');
    const bad = writeFiles(join(root, 'badmeta'), { ...files, 'batches.meta.txt': 'a\nb\n' });
    expect((await dataErrorOf(() => openImageSet(bad))).message).toContain(
      'batches.meta.txt: got 2 class names, wanted 10',
    );
  });

  it.each<[string, Record<string, Buffer>, string]>([
    ['gap', { 'data_batch_1.bin': batch(1), 'data_batch_3.bin': batch(1) }, 'data_batch_2.bin: got no such file'],
    ['notest', { 'data_batch_1.bin': batch(1) }, 'test_batch.bin: got no such file'],
    [
      'short',
      { 'data_batch_1.bin': batch(1), 'data_batch_2.bin': batch(1, 1) },
      'data_batch_2.bin: got 1 records, wanted 2',
    ],
    ['cut', { 'data_batch_1.bin': batch(1).subarray(0, 4000) }, 'data_batch_1.bin at byte 3073: got 927 bytes after 1'],
    ['empty', { 'data_batch_1.bin': Buffer.alloc(0) }, 'data_batch_1.bin at byte 0: got an empty file'],
    [
      'label',
      { 'data_batch_1.bin': records([[1], [12]], 0) },
      'data_batch_1.bin at byte 3073: got label 12 in record 1',
    ],
    ['official', { 'data_batch_1.bin': batch(1, 10_000) }, 'data_batch_2.bin: got no such file'],
  ])('%s: is refused with the file', async (name, files, message) => {
    const folder = writeFiles(join(root, name), files);
    expect((await dataErrorOf(() => openImageSet(folder))).message).toContain(message);
  });
});

describe('a folder of CIFAR-100 binary files', () => {
  it('has the fine labels as classes', async () => {
    const files = {
      'train.bin': records(
        [
          [3, 99],
          [19, 0],
        ],
        7,
      ),
      'test.bin': records([[0, 5]], 8),
    };
    const set = await openImageSet(writeFiles(join(root, 'c100'), files));
    expect([...set.train.labels]).toEqual([99, 0]);
    expect(set.classes.length).toBe(100);
    expect(set.test.pixels[0]).toBe(8);
  });

  it('without test images is refused', async () => {
    const folder = writeFiles(join(root, 'c100only'), { 'train.bin': records([[3, 99]], 7) });
    expect((await dataErrorOf(() => openImageSet(folder))).message).toContain('test.bin: got no such file');
  });
});
