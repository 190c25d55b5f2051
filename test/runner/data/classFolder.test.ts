import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { openImageSet, pictureEdge } from '../../../runner/data/imageSets.js';
import { DataError } from '../../../src/nas/data/images/errors.js';
import { dataErrorOf, pngOf, temporaryFolder, writeFiles } from './support.js';

const root = temporaryFolder();

/** A different colour for each number. */
const flat = (n: number, width = 4, height = 4): Buffer => pngOf(width, height, () => [n, 255 - n, 7]);

const classOf = (name: string, count: number, first: number): Record<string, Buffer> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`${name}/${String(i).padStart(3, '0')}.png`, flat(first + i)]),
  );

describe('a folder with one sub-folder per class', () => {
  it('is split into train and test, class by class, and always in the same way', async () => {
    const folder = writeFiles(join(root, 'pets'), { ...classOf('cat', 20, 0), ...classOf('dog', 10, 100) });
    const set = await openImageSet(folder);
    expect(set).toMatchObject({ name: 'pets', height: 32, width: 32, channels: 3, classes: ['cat', 'dog'] });
    expect([...set.test.labels]).toEqual([0, 0, 0, 0, 1, 1]);
    const reds = (pixels: Uint8Array): number[] => [...pixels].filter((_, i) => i % 3072 === 0);
    const [train, test] = [reds(set.train.pixels), reds(set.test.pixels)];
    const all = [...Array(20).keys(), ...Array.from({ length: 10 }, (_, i) => 100 + i)];
    expect([...train, ...test].sort((a, b) => a - b)).toEqual(all);
    expect(test.every((red, i) => red >= 100 === (set.test.labels[i] === 1))).toBe(true);
    expect(await openImageSet(folder)).toEqual(set);
  });

  it('with train and test in it has these parts', async () => {
    const files = {
      ...classOf('train/a', 3, 0),
      ...classOf('train/b', 1, 50),
      ...classOf('test/a', 1, 80),
      ...classOf('test/b', 2, 90),
      ...classOf('unlabelled/x', 2, 120),
    };
    const set = await openImageSet(writeFiles(join(root, 'parts'), files), { size: 2 });
    expect(set).toMatchObject({ height: 2, width: 2, classes: ['a', 'b'] });
    expect([...set.train.labels]).toEqual([0, 0, 0, 1]);
    expect([...set.test.labels]).toEqual([0, 1, 1]);
    expect(set.test.pixels[0]).toBe(80);
  });

  it('may have PNG and JPEG of any sizes, and has one channel if all are grey', async () => {
    const grey = Buffer.alloc(40 * 20 * 4, 128);
    const files = {
      'a/1.jpg': jpeg.encode({ width: 40, height: 20, data: grey }, 90).data,
      'a/2.PNG': pngOf(7, 90, () => [3, 3, 3]),
      'b/1.jpeg': jpeg.encode({ width: 20, height: 40, data: grey.map((v) => v >> 1) }, 90).data,
      'b/2.png': pngOf(1, 1, () => [255, 255, 255]),
      'b/.DS_Store': 'left by a system',
      'README.txt': 'not a class',
    };
    const set = await openImageSet(writeFiles(join(root, 'mixed'), files), { size: 8 });
    expect(set).toMatchObject({ channels: 1, train: { count: 2 }, test: { count: 2 } });
    const values = new Set([...set.train.pixels, ...set.test.pixels]);
    expect([...values].sort((a, b) => a - b)).toEqual([3, 64, 128, 255]);
  });

  it('keeps equal pictures on one side', async () => {
    const files: Record<string, Buffer> = {};
    for (let i = 0; i < 12; i++) files[`a/${i}.png`] = flat(i % 4);
    for (let i = 0; i < 6; i++) files[`b/${i}.png`] = flat(100 + i);
    const set = await openImageSet(writeFiles(join(root, 'twins'), files), { size: 4 });
    const reds = (pixels: Uint8Array): Set<number> => new Set([...pixels].filter((_, i) => i % 48 === 0));
    const train = reds(set.train.pixels);
    expect([...reds(set.test.pixels)].filter((red) => train.has(red))).toEqual([]);
    expect(set.train.count + set.test.count).toBe(18);
  });

  const two = { ...classOf('a', 2, 0), ...classOf('b', 2, 50) };
  it.each<[string, Record<string, Buffer | string>, string]>([
    ['a text file among images', { ...two, 'a/notes.txt': 'x' }, 'notes.txt: got a file of another kind'],
    ['text called an image', { ...two, 'b/x.png': 'hello' }, 'x.png at byte 0: got bytes 68656c6c'],
    ['an empty image', { ...two, 'b/x.jpg': '' }, 'x.jpg at byte 0: got an empty file'],
    ['a truncated image', { ...two, 'a/x.png': flat(1).subarray(0, 60) }, 'x.png at byte 60: got end of file'],
    ['a class with system files only', { ...two, 'c/.keep': '' }, 'c: got an empty class folder'],
    ['a class with one image', { ...two, ...classOf('c', 1, 9) }, 'c: got one image, wanted at least two'],
    ['a class of equal images', { ...two, 'c/1.png': flat(3), 'c/2.png': flat(3) }, "no test image of class 'c'"],
    ['one class only', classOf('a', 3, 0), "got one sub-folder, 'a'"],
    ['a folder in a class', { ...two, ...classOf('a/deep', 2, 9) }, 'deep: got a folder in a class folder'],
    ['an image beside the classes', { ...two, 'x.png': flat(1) }, 'x.png: got an image outside a class'],
    [
      'a class without test images',
      { ...classOf('train/a', 2, 0), ...classOf('train/b', 2, 9), ...classOf('test/a', 2, 20) },
      "test: got one sub-folder, 'a'",
    ],
    [
      'a class that only the test part has',
      {
        ...classOf('train/a', 2, 0),
        ...classOf('train/b', 2, 9),
        ...classOf('test/a', 2, 20),
        ...classOf('test/b', 2, 30),
        ...classOf('test/c', 2, 40),
      },
      "train: got no class 'c'",
    ],
    ['nothing but text', { 'notes.txt': 'x' }, 'got 1 files of no known image set'],
  ])('with %s is refused with file and reason', async (name, files, message) => {
    const folder = writeFiles(join(root, name.replaceAll(' ', '-')), files);
    expect((await dataErrorOf(() => openImageSet(folder))).message).toContain(message);
  });

  it('refuses a size out of range', async () => {
    const folder = writeFiles(join(root, 'sized'), two);
    await expect(openImageSet(folder, { size: 0 })).rejects.toThrow('size is 0, wanted a whole number from 1 to 1024');
  });

  it('with any file changed or truncated gives all its images or a DataError', async () => {
    const sound = flat(77, 6, 5);
    const folder = writeFiles(join(root, 'damage'), { ...two });
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.nat(255), fc.boolean(), async (at, value, cut) => {
        const bytes = Buffer.from(cut ? sound.subarray(0, at) : sound);
        if (!cut) bytes[at] = value;
        writeFiles(folder, { 'a/damaged.png': bytes });
        try {
          const set = await openImageSet(folder, { size: 4 });
          expect(set.train.count + set.test.count).toBe(5);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect((error as DataError).file).toContain('damaged.png');
        }
      }),
      { numRuns: 60 },
    );
    rmSync(join(folder, 'a/damaged.png'));
    expect((await openImageSet(folder, { size: 4 })).train.count).toBe(2);
  });
});

describe('the edge of the pictures of a folder', () => {
  it('is the shorter side of the first picture of a class, the median over classes', async () => {
    const files = {
      'a/0.png': flat(1, 90, 40),
      'a/1.png': flat(2, 7, 7),
      'b/0.png': flat(3, 60, 80),
      'c/0.png': flat(4, 12, 500),
      'c/1.png': flat(5, 12, 500),
    };
    expect(await pictureEdge(writeFiles(join(root, 'edges'), files))).toBe(40);
  });

  it('is that of the training pictures if there are train and test', async () => {
    const of = (part: string, edge: number) => ({
      [`${part}/a/0.png`]: flat(1, edge, edge),
      [`${part}/b/0.png`]: flat(2, edge, edge),
    });
    expect(await pictureEdge(writeFiles(join(root, 'parted'), { ...of('train', 20), ...of('test', 60) }))).toBe(20);
  });

  it('is not defined for sets of fixed size', async () => {
    expect(await pictureEdge('mnist')).toBeUndefined();
    expect(await pictureEdge(join(root, 'not-there'))).toBeUndefined();
  });
});
