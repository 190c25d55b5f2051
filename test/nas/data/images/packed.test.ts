import { describe, expect, it } from 'vitest';
import { DataError } from '../../../../src/nas/data/images/errors.js';
import { packedLength, parsePacked, parsePackedDescription } from '../../../../src/nas/data/images/packed.js';

const description = {
  name: 'tiny',
  height: 1,
  width: 2,
  channels: 1,
  train: 2,
  test: 1,
  classes: ['a', 'b'],
  licence: 'CC0',
  mean: [0.5],
};
const parsed = parsePackedDescription(JSON.stringify(description), 'tiny.json');
// Two train images, one test image, two train labels, one test label.
const sound = Uint8Array.from([10, 11, 20, 21, 30, 31, 0, 1, 1]);

describe('packed sets', () => {
  it('reads both parts and the description', () => {
    expect(packedLength(parsed)).toBe(9);
    const set = parsePacked(sound, 'tiny.bin', parsed);
    expect(set).toMatchObject({ name: 'tiny', height: 1, width: 2, channels: 1, classes: ['a', 'b'], licence: 'CC0' });
    expect([...set.train.pixels]).toEqual([10, 11, 20, 21]);
    expect([...set.train.labels]).toEqual([0, 1]);
    expect([...set.test.pixels]).toEqual([30, 31]);
    expect([...set.test.labels]).toEqual([1]);
  });

  it.each([
    ['truncated', sound.subarray(0, 8), 8, 'end of file after 8 bytes'],
    ['empty', sound.subarray(0, 0), 0, 'end of file after 0 bytes'],
    ['too long', Uint8Array.from([...sound, 0]), 9, '1 bytes too many'],
    ['with a train label out of range', Uint8Array.from([...sound.subarray(0, 7), 2, 1]), 7, 'label 2'],
    ['with a test label out of range', Uint8Array.from([...sound.subarray(0, 8), 9]), 8, 'label 9'],
  ])('refuses a file that is %s, with its offset', (_, bytes, offset, got) => {
    const run = (): unknown => parsePacked(bytes, 'tiny.bin', parsed);
    expect(run).toThrow(DataError);
    expect(run).toThrow(`tiny.bin at byte ${offset}: got ${got}`);
  });

  it.each([
    ['', 'an empty file'],
    ['{"name"', 'JSON'],
    ['[]', 'the description'],
    [JSON.stringify({ ...description, channels: 2 }), 'channels'],
    [JSON.stringify({ ...description, train: 0 }), 'train'],
    [JSON.stringify({ ...description, height: 1.5 }), 'height'],
    [JSON.stringify({ ...description, width: 1e9 }), 'width'],
    [JSON.stringify({ ...description, classes: ['a', 3] }), 'classes.1'],
    [JSON.stringify({ ...description, test: undefined }), 'test'],
  ])('refuses the description %j and names what is wrong', (json, got) => {
    const run = (): unknown => parsePackedDescription(json, 'tiny.json');
    expect(run).toThrow(DataError);
    expect(run).toThrow(got);
    expect(run).toThrow('tiny.json');
  });
});
