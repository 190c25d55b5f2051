import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../../src/nas/data/images/errors.js';
import { idxSplit, parseIdxImages, parseIdxLabels } from '../../../../src/nas/data/images/idx.js';

function idx(sizes: readonly number[], data: ArrayLike<number>, type = 8): Uint8Array {
  const header = sizes.flatMap((n) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
  return Uint8Array.from([0, 0, type, sizes.length, ...header, ...Array.from(data)]);
}

const fault = (run: () => unknown): DataError => {
  try {
    run();
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('IDX images', () => {
  it('reads count, height, width and pixels', () => {
    const images = parseIdxImages(idx([2, 1, 3], [1, 2, 3, 4, 5, 6]), 'f');
    expect(images).toMatchObject({ count: 2, height: 1, width: 3, channels: 1 });
    expect([...images.pixels]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('reads colour images with a fourth dimension', () => {
    const images = parseIdxImages(idx([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]), 'f');
    expect(images).toMatchObject({ count: 1, height: 1, width: 2, channels: 3 });
  });

  it.each([
    ['an empty file', new Uint8Array(0), 0, '0 bytes'],
    ['a wrong magic number', idx([2], [1, 2]), 0, '0x00000801'],
    ['another element type', idx([1, 1, 1], [1], 0x0d), 0, '0x00000d03'],
    ['a header cut off', idx([2, 1, 3], []).subarray(0, 10), 10, 'end of file after 10 bytes'],
    ['no images', idx([0, 28, 28], []), 4, 'a count of 0'],
    ['an edge of zero', idx([1, 0, 3], []), 8, 'an edge of 0 pixels'],
    ['an absurd edge', idx([1, 3, 0xffffffff], []), 12, 'an edge of 4294967295 pixels'],
    ['two channels', idx([1, 1, 1, 2], [1, 2]), 16, '2 channels'],
    ['truncated pixels', idx([2, 1, 3], [1, 2, 3, 4, 5]), 21, 'end of file after 21 bytes'],
    ['trailing bytes', idx([1, 1, 3], [1, 2, 3, 4]), 19, '1 bytes too many'],
  ])('refuses %s, naming file, offset and what was got', (_, bytes, offset, got) => {
    const error = fault(() => parseIdxImages(bytes, 'images.idx'));
    expect(error).toMatchObject({ code: 'data', file: 'images.idx', offset });
    expect(error.got).toContain(got);
    expect(error.message).toContain(`images.idx at byte ${offset}: got`);
    expect(error.message).toContain('wanted');
  });

  it('reads a file at any place in a larger buffer', () => {
    const bytes = idx([1, 1, 2], [7, 8]);
    const larger = new Uint8Array(bytes.length + 5);
    larger.set(bytes, 5);
    expect([...parseIdxImages(larger.subarray(5), 'f').pixels]).toEqual([7, 8]);
  });

  it('returns the declared images or throws a DataError for any changed byte and any truncation', () => {
    const sound = idx([3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), fc.nat(sound.length), (at, value, length) => {
        const bytes = Uint8Array.from(sound).subarray(0, length);
        if (at < length) bytes[at] = value;
        try {
          const { count, height, width, channels, pixels } = parseIdxImages(bytes, 'f');
          expect(pixels.length).toBe(count * height * width * channels);
          expect(bytes.length).toBe(sound.length);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
    );
  });
});

describe('IDX labels', () => {
  it('reads labels', () => {
    expect([...parseIdxLabels(idx([3], [2, 0, 9]), 'f', 10)]).toEqual([2, 0, 9]);
  });

  it('refuses a label out of range, with its offset', () => {
    const error = fault(() => parseIdxLabels(idx([3], [2, 10, 9]), 'labels.idx', 10));
    expect(error).toMatchObject({ file: 'labels.idx', offset: 9, got: 'label 10', wanted: 'a label from 0 to 9' });
  });

  it('refuses a number of labels that differs from the number of images', () => {
    const images = parseIdxImages(idx([2, 1, 1], [1, 2]), 'images.idx');
    const error = fault(() => idxSplit(images, new Uint16Array(3), 'labels.idx'));
    expect(error).toMatchObject({ file: 'labels.idx', got: '3 labels', wanted: '2, one label for each image' });
  });
});
