import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeImageSet } from '../../../runner/data/describe.js';
import { listImageSets, openImageSet } from '../../../runner/data/imageSets.js';
import { DataError } from '../../../src/nas/data/images/errors.js';
import type { ImageSplit } from '../../../src/nas/data/images/imageSet.js';
import { chanceAccuracy, linearClassifierAccuracy } from '../../../src/nas/data/images/linear.js';
import { subset } from '../../../src/nas/data/images/selection.js';
import { makeSource } from '../../../src/nas/data/sources.js';
import { dataErrorOf, packedFolder, temporaryFolder, writeFiles } from './support.js';

const shared = packedFolder();

const keys = (split: ImageSplit): string[] => {
  const imageBytes = split.pixels.length / split.count;
  return Array.from({ length: split.count }, (_, i) =>
    Buffer.from(split.pixels.subarray(i * imageBytes, (i + 1) * imageBytes)).toString('latin1'),
  );
};

describe.skipIf(!shared)('the available packed image sets', () => {
  const names = ['cifar10_5k', 'emoji_2v', 'notmnist_6k', 'omniglot_242', 'signdigits_2k', 'tinyimagenet20_32'];

  it.each(names)('%s matches its description', async (name) => {
    const wanted = JSON.parse(readFileSync(join(shared!, `${name}.json`), 'utf8'));
    const set = describeImageSet(await openImageSet(name, { dataDir: shared }));
    const { height, width, channels, classes, licence } = wanted;
    expect(set).toMatchObject({ name, height, width, channels, classes, licence, origin: wanted.source });
    expect([set.train.images, set.test.images]).toEqual([wanted.train, wanted.test]);
    for (let c = 0; c < channels; c++) {
      expect(set.train.mean[c]).toBeCloseTo(wanted.mean[c], 9);
      expect(set.train.std[c]).toBeCloseTo(wanted.std[c], 9);
    }
  });

  it('are listed', async () => {
    const list = await listImageSets({ dataDir: shared });
    for (const name of names) {
      expect(list.find((entry) => entry.name === name)).toMatchObject({ available: true, shape: expect.anything() });
    }
  });

  // Test accuracy of a ridge classifier on half-size pixels, computed elsewhere with a different penalty.
  it.each([
    ['notmnist_6k', 0.852, 0.12],
    ['signdigits_2k', 0.775, 0.126],
    ['emoji_2v', 0.571, 0.207],
    ['cifar10_5k', 0.339, 0.112],
    ['omniglot_242', 0.194, 0.004],
  ])('a linear classifier on %s is right about %f of the time, chance %f', async (name, level, chance) => {
    const set = await openImageSet(name, { dataDir: shared });
    const shape = { ...set, classes: set.classes.length };
    const accuracy = linearClassifierAccuracy(set.train, set.test, shape, { size: set.width / 2 });
    expect(Math.abs(accuracy - level)).toBeLessThan(0.025);
    expect(chanceAccuracy(set.test, shape.classes)).toBeCloseTo(chance, 3);
  });

  it.each([
    ['cifar10_5k', 0],
    ['signdigits_2k', 0],
    // Known: six images are in both splits of the set.
    ['notmnist_6k', 6],
  ])('no source of %s shows a test image, but for %i that the set has twice', async (name, known) => {
    const set = await openImageSet(name, { dataDir: shared });
    const test = new Set(keys(set.test));
    for (const fields of [{ rule: 'whole' }, { rule: 'random-labels' }] as const) {
      const source = await makeSource(set, { set: name, ...fields }, 1);
      const seen = new Set(
        [...keys(source.trainSplit), ...keys(source.validationSplit)].filter((key) => test.has(key)),
      );
      expect(seen.size).toBe(known);
    }
  });

  it('a subset of a set that is grouped by class has every class in equal numbers', async () => {
    const set = await openImageSet('tinyimagenet20_32', { dataDir: shared });
    const counts = new Array<number>(20).fill(0);
    for (const label of subset(set.train, 200, 1).labels) counts[label]++;
    expect(counts).toEqual(new Array(20).fill(10));
  });
});

describe('packed sets', () => {
  const description = { name: 'tiny', height: 1, width: 2, channels: 1, train: 2, test: 1, classes: ['a', 'b'] };
  const json = JSON.stringify(description);
  const bytes = Uint8Array.from([10, 11, 20, 21, 30, 31, 0, 1, 1]);
  const packed = gzipSync(bytes);
  const folder = temporaryFolder();
  const opened = (name: string) => openImageSet(name, { dataDir: folder });
  writeFiles(folder, {
    'tiny.json': json,
    'tiny.bin.gz': packed,
    'plain.json': json,
    'plain.bin': bytes,
    'short.json': json,
    'short.bin.gz': gzipSync(bytes.subarray(0, 7)),
    'long.json': json,
    'long.bin.gz': gzipSync(Buffer.alloc(1_000_000)),
    'cut.json': json,
    'cut.bin.gz': packed.subarray(0, 15),
    'empty.json': json,
    'empty.bin.gz': '',
    'tail.json': json,
    'tail.bin.gz': Buffer.concat([packed, Buffer.alloc(5)]),
    'flip.json': json,
    'flip.bin.gz': packed.map((value, i) => (i === packed.length - 6 ? value ^ 1 : value)),
    'text.json': '{"name": ',
    'text.bin.gz': packed,
    'alone.bin.gz': packed,
    'huge.json': JSON.stringify({ ...description, height: 4096, width: 4096, train: 40_000_000 }),
    'huge.bin.gz': packed,
    'short2.json': json,
    'short2.bin': bytes.subarray(0, 8),
  });

  it('are opened by name, compressed or not, and by the path of a file', async () => {
    const set = await opened('tiny');
    expect([...set.train.pixels]).toEqual([10, 11, 20, 21]);
    expect(await opened('plain')).toEqual({ ...set, name: 'plain' });
    expect(await openImageSet(join(folder, 'tiny.json'))).toEqual(set);
    expect(await openImageSet(join(folder, 'tiny.bin.gz'))).toEqual(set);
  });

  it.each([
    ['short', 'short.bin.gz at byte 7: got end of file after 7 bytes, wanted 9 bytes'],
    ['short2', 'short2.bin at byte 8: got end of file after 8 bytes'],
    ['long', 'long.bin.gz at byte 9: got more, wanted 9 bytes after decompression'],
    ['cut', 'cut.bin.gz at byte 15: got end of file'],
    ['empty', 'empty.bin.gz at byte 0: got end of file'],
    ['tail', '5 bytes after the end of the gzip stream'],
    ['flip', 'gzip: incorrect data check'],
    ['text', 'text.json: got'],
    ['alone', 'alone.json: got no such file'],
    ['huge', 'bytes of images declared'],
  ])('%s is refused with file and reason', async (name, message) => {
    expect((await dataErrorOf(() => opened(name))).message).toContain(message);
  });

  it('without a valid description are listed as not available, with the reason', async () => {
    const entry = (await listImageSets({ dataDir: folder })).find(({ name }) => name === 'alone');
    expect(entry).toMatchObject({ available: false, reason: expect.stringContaining('alone.json') });
  });

  it('changed or truncated anywhere give all their images or a DataError', async () => {
    writeFiles(folder, { 'damaged.json': json });
    await fc.assert(
      fc.asyncProperty(fc.nat(packed.length - 1), fc.nat(255), fc.boolean(), async (at, value, cut) => {
        const damaged = Buffer.from(cut ? packed.subarray(0, at) : packed);
        if (!cut) damaged[at] = value;
        writeFiles(folder, { 'damaged.bin.gz': damaged });
        try {
          const set = await opened('damaged');
          // A change that gzip does not see, such as of the time in its header, must not change the images.
          expect([...set.train.pixels, ...set.test.pixels]).toEqual([10, 11, 20, 21, 30, 31]);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('in a folder that does not exist: the folder is named', async () => {
    const error = await dataErrorOf(() => openImageSet('tiny', { dataDir: join(folder, 'none') }));
    expect(error.message).toContain(`none: got no such file`);
  });
});
