import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitImages, resizePixels, toGrey, toRgb } from '../../../../src/nas/data/images/transform.js';
import { syntheticSet } from '../syntheticSets.js';

const grey = (height: number, width: number) => ({ height, width, channels: 1 });

/** Area average by its definition: every output pixel integrates the piecewise constant input over its rectangle. */
function areaAverage(pixels: Uint8Array, height: number, width: number, outHeight: number, outWidth: number): number[] {
  const overlap = (i: number, input: number, output: number, j: number): number =>
    Math.max(0, Math.min(((i + 1) * input) / output, j + 1) - Math.max((i * input) / output, j));
  const out: number[] = [];
  for (let y = 0; y < outHeight; y++)
    for (let x = 0; x < outWidth; x++) {
      let sum = 0;
      for (let j = 0; j < height; j++)
        for (let i = 0; i < width; i++)
          sum += pixels[j * width + i] * overlap(y, height, outHeight, j) * overlap(x, width, outWidth, i);
      out.push((sum * outHeight * outWidth) / (height * width));
    }
  return out;
}

describe('resizing', () => {
  it('averages whole blocks, rounded half up', () => {
    expect([...resizePixels(Uint8Array.from([0, 1, 2, 3, 10, 20, 31, 40]), 1, grey(2, 4), 1, 2)]).toEqual([8, 19]);
    expect([...resizePixels(Uint8Array.from([0, 1]), 1, grey(1, 2), 1, 1)]).toEqual([1]);
  });

  it('weights pixels by the area they share if the ratio is not an integer', () => {
    // Three to two: (2*0 + 1*30) / 3 and (1*30 + 2*90) / 3.
    expect([...resizePixels(Uint8Array.from([0, 30, 90]), 1, grey(1, 3), 1, 2)]).toEqual([10, 70]);
  });

  it('interpolates linearly between pixel centres and repeats the edge', () => {
    // Centres of four pixels lie at -1/4, 1/4, 3/4 and 5/4 of two.
    expect([...resizePixels(Uint8Array.from([0, 100]), 1, grey(1, 2), 1, 4)]).toEqual([0, 25, 75, 100]);
  });

  it('agrees with the definition of area averaging up to rounding, on any shape', () => {
    const edges = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(edges, edges, fc.infiniteStream(fc.nat(255)), (a, b, stream) => {
        const [height, outHeight] = [Math.max(a[0], b[0]), Math.min(a[0], b[0])];
        const [width, outWidth] = [Math.max(a[1], b[1]), Math.min(a[1], b[1])];
        const pixels = Uint8Array.from({ length: height * width }, () => stream.next().value as number);
        const wanted = areaAverage(pixels, height, width, outHeight, outWidth);
        const got = resizePixels(pixels, 1, grey(height, width), outHeight, outWidth);
        for (const [i, value] of wanted.entries()) expect(Math.abs(got[i] - value)).toBeLessThanOrEqual(0.5 + 1e-9);
      }),
    );
  });

  it('keeps constant images constant and mixes neither channels nor images, on any shape', () => {
    const edge = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(edge, edge, edge, edge, (height, width, outHeight, outWidth) => {
        const colours = [
          [5, 250, 128],
          [77, 0, 255],
        ];
        const pixels = Uint8Array.from(colours.flatMap((c) => new Array(height * width).fill(c).flat()));
        const out = resizePixels(pixels, 2, { height, width, channels: 3 }, outHeight, outWidth);
        expect([...out]).toEqual(colours.flatMap((c) => new Array(outHeight * outWidth).fill(c).flat()));
      }),
    );
  });
});

describe('greyscale', () => {
  it('is the luma of BT.601, rounded half up', () => {
    expect([...toGrey(Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]))]).toEqual([76, 150, 29, 255]);
  });

  it('undoes repetition for every grey level', () => {
    const levels = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(toGrey(toRgb(levels))).toEqual(levels);
  });
});

describe('fitImages', () => {
  it('converts both parts to the wanted size and channels and keeps labels', () => {
    const set = syntheticSet({ train: [3, 2], test: [1, 1], edge: 4, channels: 3 });
    const fitted = fitImages(set, { size: 2, channels: 1 });
    expect(fitted).toMatchObject({ height: 2, width: 2, channels: 1, classes: set.classes });
    expect(fitted.train.pixels.length).toBe(5 * 4);
    expect(fitted.test.pixels.length).toBe(2 * 4);
    expect(fitted.train.labels).toEqual(set.train.labels);
    const back = fitImages(fitted, { size: 3, channels: 3 });
    expect(back.train.pixels.length).toBe(5 * 27);
  });

  it('returns the set itself if it already fits', () => {
    const set = syntheticSet({ train: [1, 1], test: [1, 1] });
    expect(fitImages(set, { size: 4, channels: 1 })).toBe(set);
  });

  it('refuses a size that is not a positive integer', () => {
    const set = syntheticSet({ train: [1, 1], test: [1, 1] });
    expect(() => fitImages(set, { size: 0, channels: 1 })).toThrow('size is 0, wanted a positive integer');
  });
});
