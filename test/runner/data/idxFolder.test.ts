import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openImageSet } from '../../../runner/data/imageSets.js';
import { dataErrorOf, idxFile, temporaryFolder, writeFiles } from './support.js';

const root = temporaryFolder();
const pixels = (n: number): Uint8Array => Uint8Array.from({ length: n * 6 }, (_, i) => i);
const trainLabels = Uint8Array.from([1, 2, 3, 1]);

const sound = {
  'train-images-idx3-ubyte': idxFile([4, 2, 3], pixels(4)),
  'train-labels-idx1-ubyte': idxFile([4], trainLabels),
  't10k-images-idx3-ubyte': idxFile([2, 2, 3], pixels(2)),
  't10k-labels-idx1-ubyte': idxFile([2], Uint8Array.from([3, 2])),
};

type File = keyof typeof sound;

let number = 0;
const folderWith = (changes: Readonly<Record<string, Uint8Array | undefined>>): string => {
  const files: Record<string, Uint8Array> = {};
  for (const [name, content] of Object.entries({ ...sound, ...changes })) if (content) files[name] = content;
  return writeFiles(join(root, `set${number++}`), files);
};

describe('a folder of IDX files', () => {
  it('is opened by its path; consecutive labels are the classes', async () => {
    const set = await openImageSet(folderWith({}));
    expect(set).toMatchObject({ name: 'set0', height: 2, width: 3, channels: 1, classes: ['1', '2', '3'] });
    expect([...set.train.labels]).toEqual([0, 1, 2, 0]);
    expect([...set.test.labels]).toEqual([2, 1]);
    expect([...set.test.pixels]).toEqual([...pixels(2)]);
  });

  it('is opened by the path of one of its files', async () => {
    const set = await openImageSet(join(folderWith({}), 't10k-labels-idx1-ubyte'));
    expect(set.train.count).toBe(4);
  });

  it('may be compressed, and named with a dot', async () => {
    const compressed: Record<string, Uint8Array | undefined> = {};
    for (const [name, content] of Object.entries(sound)) {
      compressed[name] = undefined;
      compressed[`${name.replace('-idx', '.idx')}.gz`] = gzipSync(content);
    }
    const set = await openImageSet(folderWith(compressed));
    expect([...set.train.pixels]).toEqual([...pixels(4)]);
  });

  const gz = (name: File, change: (bytes: Buffer) => Uint8Array) => ({
    [name]: undefined,
    [`${name}.gz`]: change(gzipSync(sound[name])),
  });

  it.each<[string, Record<string, Uint8Array | undefined>, string]>([
    ['a missing file', { 't10k-images-idx3-ubyte': undefined }, 't10k-images-idx3-ubyte: got no such file'],
    [
      'an empty file',
      { 'train-labels-idx1-ubyte': new Uint8Array(0) },
      'train-labels-idx1-ubyte at byte 0: got 0 bytes',
    ],
    [
      'truncated images',
      { 'train-images-idx3-ubyte': sound['train-images-idx3-ubyte'].subarray(0, 30) },
      'train-images-idx3-ubyte at byte 30: got end of file',
    ],
    [
      'fewer labels than images',
      { 't10k-labels-idx1-ubyte': idxFile([1], Uint8Array.from([1])) },
      't10k-labels-idx1-ubyte at byte 4: got 1 labels, wanted 2',
    ],
    [
      'a label without its neighbours',
      { 'train-labels-idx1-ubyte': idxFile([4], Uint8Array.from([1, 2, 7, 1])) },
      'train-labels-idx1-ubyte at byte 10: got label 7 but no training image with label 3',
    ],
    [
      'a test label that training lacks',
      { 't10k-labels-idx1-ubyte': idxFile([2], Uint8Array.from([3, 0])) },
      't10k-labels-idx1-ubyte at byte 9: got label 0, wanted a label of the training images, 1 to 3',
    ],
    [
      'test images of another size',
      { 't10k-images-idx3-ubyte': idxFile([2, 3, 2], pixels(2)) },
      't10k-images-idx3-ubyte: got a height of 3, wanted a height of 2 as in the training images',
    ],
    ['truncated gzip', gz('train-images-idx3-ubyte', (b) => b.subarray(0, b.length - 3)), 'ubyte.gz at byte'],
    ['no gzip', gz('t10k-labels-idx1-ubyte', () => Buffer.from('plain text')), 'gzip: incorrect header check'],
    [
      'gzip of more than the header declares',
      gz('t10k-labels-idx1-ubyte', () =>
        gzipSync(Buffer.concat([idxFile([2], Uint8Array.from([3, 2])), Buffer.alloc(1e6)])),
      ),
      'wanted 10 bytes after decompression',
    ],
  ])('with %s is refused with file and place', async (_, changes, message) => {
    expect((await dataErrorOf(() => openImageSet(folderWith(changes)))).message).toContain(message);
  });
});
