import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CIFAR10, CIFAR100, joinSplits, parseCifarBinary } from '../../../../src/nas/data/images/cifarBinary.js';
import { DataError } from '../../../../src/nas/data/images/errors.js';

/** A record whose pixel of channel c, row y, column x is (y + 2x + 80c) mod 256. */
function record(labels: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(labels.length + 3072);
  bytes.set(labels);
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < 32; y++)
      for (let x = 0; x < 32; x++) bytes[labels.length + c * 1024 + y * 32 + x] = y + 2 * x + 80 * c;
  return bytes;
}

const join = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

describe('CIFAR binary records', () => {
  it('turns planes into pixels and keeps the label', () => {
    const split = parseCifarBinary(join(record([3]), record([9])), 'f', CIFAR10);
    expect(split.count).toBe(2);
    expect([...split.labels]).toEqual([3, 9]);
    for (const [n, y, x, c] of [
      [0, 0, 0, 0],
      [0, 31, 31, 2],
      [1, 5, 17, 1],
    ]) {
      expect(split.pixels[((n * 32 + y) * 32 + x) * 3 + c]).toBe((y + 2 * x + 80 * c) % 256);
    }
  });

  it('takes the fine label of CIFAR-100 as the class', () => {
    const split = parseCifarBinary(join(record([11, 77]), record([0, 99])), 'f', CIFAR100);
    expect([...split.labels]).toEqual([77, 99]);
    expect(split.pixels[3]).toBe(2);
  });

  it.each([
    ['an empty file', new Uint8Array(0), CIFAR10, 0, 'an empty file'],
    ['less than a record', record([1]).subarray(0, 100), CIFAR10, 0, '100 bytes after 0 whole records'],
    ['a truncated record', join(record([1]), record([1]).subarray(0, 9)), CIFAR10, 3073, '9 bytes after 1 whole'],
    ['a label out of range', join(record([1]), record([10])), CIFAR10, 3073, 'label 10 in record 1'],
    ['a coarse label out of range', record([20, 5]), CIFAR100, 0, 'coarse label 20 in record 0'],
    ['a fine label out of range', record([19, 100]), CIFAR100, 1, 'fine label 100 in record 0'],
  ])('refuses %s with its offset', (_, bytes, layout, offset, got) => {
    expect(() => parseCifarBinary(bytes, 'batch.bin', layout)).toThrow(DataError);
    try {
      parseCifarBinary(bytes, 'batch.bin', layout);
    } catch (error) {
      expect(error).toMatchObject({ code: 'data', file: 'batch.bin', offset });
      expect((error as DataError).got).toContain(got);
    }
  });

  it('joins batches in order', () => {
    const parts = [record([1]), record([2])].map((bytes) => parseCifarBinary(bytes, 'f', CIFAR10));
    const all = joinSplits(parts);
    expect(all.count).toBe(2);
    expect([...all.labels]).toEqual([1, 2]);
    expect([...all.pixels.subarray(3072)]).toEqual([...parts[1].pixels]);
  });

  it('never returns fewer images than the bytes contain', () => {
    const sound = join(record([1]), record([2]));
    fc.assert(
      fc.property(fc.nat(sound.length), (length) => {
        try {
          expect(parseCifarBinary(sound.subarray(0, length), 'f', CIFAR10).count * 3073).toBe(length);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect(length % 3073 !== 0 || length === 0).toBe(true);
        }
      }),
      { numRuns: 30, examples: [[0], [3073], [6146]] },
    );
  });
});
