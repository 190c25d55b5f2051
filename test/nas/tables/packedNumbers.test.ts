import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/engine/random/random.js';
import { PackedNumbers } from '../../../src/nas/tables/packedNumbers.js';
import { PackedTexts } from '../../../src/nas/tables/packedTexts.js';

const texts = (places: number) => Array.from({ length: places }, (_, i) => `${'|é'.repeat(i % 3)}${i}`);
const fail = (first: number, second: number) => new Error(`${first} is ${second}`);

describe('packed numbers', () => {
  it.each([0, 1, 4, 7])('take four bytes each if they have %i decimals, and are reproduced exactly', (decimals) => {
    const random = new Random(decimals, 'test');
    const values = Float64Array.from({ length: 500 }, () =>
      Number(`${random.integer(200) - 100}.${`${random.integer(10 ** decimals)}`.padStart(decimals, '0')}`),
    ).map((value) => (Object.is(value, -0) ? 0 : value));
    const packed = new PackedNumbers(values);
    expect(packed.byteLength).toBe(4 * values.length);
    expect(packed.all()).toEqual(values);
  });

  it.each([
    ['long fractions', [Math.PI, 1e-7 / 3]],
    ['large numbers', [2 ** 31, 0.5]],
    ['far orders', [1e-9, 1000]],
    ['minus zero', [-0, 1]],
    ['what stands for NaN', [-(2 ** 31), Number.NaN]],
  ])('take eight bytes for %s', (_, list) => {
    const packed = new PackedNumbers(Float64Array.from(list));
    expect(packed.byteLength).toBe(8 * list.length);
    expect([...packed.all()]).toEqual(list);
  });
});

describe('packed texts', () => {
  it('are reproduced and found', () => {
    const list = texts(1000);
    const packed = new PackedTexts(list, fail);
    expect(list.map((_, place) => packed.at(place))).toEqual(list);
    expect(list.map((text) => packed.find(text))).toEqual(list.map((_, place) => place));
    expect(packed.find('none')).toBe(-1);
    expect(packed.find('')).toBe(-1);
  });

  it('are stored once each', () => {
    expect(() => new PackedTexts(['a', 'b', 'a'], fail)).toThrow('0 is 2');
  });
});
