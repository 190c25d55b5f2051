import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { contactSheet } from '../../../runner/data/contactSheet.js';
import { syntheticSet } from '../../nas/data/syntheticSets.js';

describe('the contact sheet', () => {
  const set = syntheticSet({ train: [5, 2, 3], test: [1, 1, 1], edge: 4, channels: 3 });

  it('has a row of images for each class, enlarged by a whole factor', () => {
    const sheet = PNG.sync.read(contactSheet(set, { columns: 3, scale: 5 }));
    // Tiles of 20 pixels with gaps of 2.
    expect([sheet.width, sheet.height]).toEqual([3 * 22 + 2, 3 * 22 + 2]);
    const at = (x: number, y: number): number[] => [
      ...sheet.data.subarray((y * sheet.width + x) * 4, (y * sheet.width + x) * 4 + 3),
    ];
    expect(at(0, 0)).toEqual([128, 128, 128]);
    for (const [row, column, image] of [
      [0, 0, 0],
      [0, 1, 1],
      [0, 2, 3],
      [1, 1, 6],
      [2, 2, 9],
    ]) {
      const [left, top] = [2 + column * 22, 2 + row * 22];
      const wanted = [...set.train.pixels.subarray(image * 48, image * 48 + 3)];
      for (const [dx, dy] of [
        [0, 0],
        [4, 4],
      ])
        expect(at(left + dx, top + dy)).toEqual(wanted);
      expect(at(left + 5, top)).toEqual([...set.train.pixels.subarray(image * 48 + 3, image * 48 + 6)]);
    }
    // The second class has two images only.
    expect(at(2 + 2 * 22, 2 + 22)).toEqual([128, 128, 128]);
  });

  it('shows at most the requested rows, grey sets too', () => {
    const grey = syntheticSet({ train: [2, 2, 2], test: [1, 1, 1], edge: 4 });
    const sheet = PNG.sync.read(contactSheet(grey, { rows: 2, columns: 1, scale: 1 }));
    expect([sheet.width, sheet.height]).toEqual([8, 14]);
  });

  it('refuses sizes that are not positive integers', () => {
    expect(() => contactSheet(set, { columns: 0 })).toThrow('contactSheet: columns is 0, wanted a positive integer');
  });
});
