import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { cropOnWhite, decodeImage, squareRgb } from '../../../runner/data/decode.js';
import { DataError } from '../../../src/nas/data/images/errors.js';
import { pngOf } from './support.js';

function chunk(type: string, data: Buffer): Buffer {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

/** A PNG file written from its specification, without a library. */
function rawPng(width: number, height: number, depth: number, colourType: number, rows: Buffer, interlace = 0): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType, 0, 0, interlace], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const photo = (width: number, height: number): Buffer => {
  const data = Buffer.alloc(width * height * 4, 255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set([(x * 255) / width, (y * 255) / height, 90], (y * width + x) * 4);
  return jpeg.encode({ width, height, data }, 95).data;
};

describe('PNG', () => {
  it('of 16 bits a channel becomes 8 bits', () => {
    // Two RGB pixels: (0xffff, 0x8000, 0x0000), (0x1234, 0x00ff, 0xff00).
    const row = Buffer.from('00ffff80000000123400ffff00', 'hex');
    const { width, height, data } = decodeImage(rawPng(2, 1, 16, 2, row), 'f');
    expect([width, height]).toEqual([2, 1]);
    for (const [i, value] of [255, 127.5, 0, 255, 18.1, 0.99, 254, 255].entries())
      expect(Math.abs(data[i] - value)).toBeLessThanOrEqual(1);
  });

  it('of one grey channel becomes RGB', () => {
    expect([...decodeImage(rawPng(2, 1, 8, 0, Buffer.from([0, 7, 200])), 'f').data]).toEqual([
      7, 7, 7, 255, 200, 200, 200, 255,
    ]);
  });

  it('with alpha is composited on white', () => {
    const image = decodeImage(
      pngOf(2, 1, (x) => (x === 0 ? [200, 0, 0, 0] : [100, 0, 255, 51])),
      'f',
    );
    // 0.2 * (100, 0, 255) + 0.8 * 255.
    expect([...cropOnWhite(image, 0, 0, 2, 1)]).toEqual([255, 255, 255, 224, 204, 255]);
  });

  it('that declares a gigantic image is refused before it is decoded', () => {
    const run = (): unknown => decodeImage(rawPng(60_000, 60_000, 8, 2, Buffer.alloc(100)), 'bomb.png');
    expect(run).toThrow('bomb.png at byte 16: got an image of 60000x60000 pixels');
    expect(() => decodeImage(rawPng(0, 3, 8, 2, Buffer.alloc(100)), 'f')).toThrow('an image of 0x3 pixels');
  });

  it('whose pixels decompress to more than it declares is refused, interlaced or not', () => {
    const bomb = Buffer.alloc(50_000_000);
    const run = (): unknown => decodeImage(rawPng(4, 4, 8, 2, bomb, 1), 'bomb.png');
    expect(run).toThrow(DataError);
    const before = process.memoryUsage().rss;
    try {
      decodeImage(rawPng(4, 4, 8, 2, bomb), 'bomb.png');
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
  });

  it('reports where it is damaged', () => {
    const sound = pngOf(3, 3, (x, y) => [x * 80, y * 80, 9]);
    const flipped = Buffer.from(sound);
    flipped[45] ^= 4;
    expect(() => decodeImage(flipped, 'p.png')).toThrow(/p\.png at byte \d+: got a wrong checksum of chunk IDAT/);
    const cut = sound.subarray(0, 50);
    expect(() => decodeImage(cut, 'p.png')).toThrow('p.png at byte 50: got end of file after 50 bytes');
    const longer = Buffer.concat([sound, Buffer.from('x')]);
    expect(() => decodeImage(longer, 'p.png')).toThrow(`p.png at byte ${sound.length}: got 1 bytes after the image`);
  });
});

describe('JPEG', () => {
  it('is decoded to approximately the original pixels', () => {
    const { width, height, data } = decodeImage(photo(40, 24), 'f');
    expect([width, height]).toEqual([40, 24]);
    for (const [x, y] of [
      [5, 5],
      [30, 20],
    ]) {
      expect(Math.abs(data[(y * 40 + x) * 4] - (x * 255) / 40)).toBeLessThan(12);
      expect(Math.abs(data[(y * 40 + x) * 4 + 1] - (y * 255) / 24)).toBeLessThan(12);
    }
  });

  /** An APP1 block with the one tag 0x0112, put after the start marker. */
  const oriented = (orientation: number, little: boolean): Buffer => {
    const tiff = Buffer.from(
      little
        ? `49492a00080000000100120103000100000000000000000000000000`
        : `4d4d002a000000080001011200030000000100000000000000000000`,
      'hex',
    );
    if (little) tiff.writeUInt16LE(orientation, 18);
    else tiff.writeUInt16BE(orientation, 18);
    const data = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
    const head = Buffer.from([0xff, 0xe1, 0, data.length + 2]);
    const sound = photo(48, 32);
    return Buffer.concat([sound.subarray(0, 2), head, data, sound.subarray(2)]);
  };

  // Red increases to the right and green downwards in the stored image. Where they increase in the upright one, by Exif 2.3:
  // the 0th row is at the visual top, top, bottom, bottom, left, right, right, left; the 0th column left, right, right, left, top,
  // top, bottom, bottom.
  it.each([
    [1, 'right', 'down'],
    [2, 'left', 'down'],
    [3, 'left', 'up'],
    [4, 'right', 'up'],
    [5, 'down', 'right'],
    [6, 'down', 'left'],
    [7, 'up', 'left'],
    [8, 'up', 'right'],
  ])('with Exif orientation %i is turned upright', (orientation, red, green) => {
    for (const little of [true, false]) {
      const { width, height, data } = decodeImage(oriented(orientation, little), 'f');
      expect([width, height]).toEqual(orientation >= 5 ? [32, 48] : [48, 32]);
      const at = (x: number, y: number, c: number): number => data[(y * width + x) * 4 + c];
      const direction = (c: number): string => {
        const across = at(width - 3, height >> 1, c) - at(2, height >> 1, c);
        const along = at(width >> 1, height - 3, c) - at(width >> 1, 2, c);
        if (Math.abs(across) > Math.abs(along)) return across > 0 ? 'right' : 'left';
        return along > 0 ? 'down' : 'up';
      };
      expect([direction(0), direction(1)]).toEqual([red, green]);
    }
  });

  it('that is truncated is refused', () => {
    const sound = photo(40, 24);
    for (const length of [3, 20, 200, sound.length >> 1, sound.length - 20]) {
      expect(() => decodeImage(sound.subarray(0, length), 'p.jpg')).toThrow(DataError);
    }
  });

  it('that declares a gigantic image is refused', () => {
    const bytes = Buffer.from(photo(40, 24));
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
    bytes.writeUInt16BE(60_000, frame + 5);
    bytes.writeUInt16BE(60_000, frame + 7);
    expect(() => decodeImage(bytes, 'p.jpg')).toThrow(DataError);
  });
});

describe('an image file', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'an empty file'],
    ['text', Buffer.from('hello'), 'bytes 68656c6c'],
    ['a GIF', Buffer.from('GIF89a'), 'bytes 47494638'],
  ])('of %s is refused', (_, bytes, got) => {
    expect(() => decodeImage(bytes, 'picture')).toThrow(`picture at byte 0: got ${got}, wanted a PNG or JPEG image`);
  });

  it('is cropped to its centre square', () => {
    const image = decodeImage(
      pngOf(6, 2, (x) => [x * 10, 0, 0]),
      'f',
    );
    expect([...squareRgb(image, 2)]).toEqual([20, 0, 0, 30, 0, 0, 20, 0, 0, 30, 0, 0]);
  });

  it('changed or truncated anywhere is refused or decoded to as many pixels as it declares', () => {
    const sound = [pngOf(5, 4, (x, y) => [x * 50, y * 60, x ^ y]), photo(16, 16)];
    fc.assert(
      fc.property(
        fc.constantFrom(...sound),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(255),
        fc.boolean(),
        (file, where, value, cut) => {
          const at = Math.floor(where * (file.length - 1));
          const bytes = Buffer.from(cut ? file.subarray(0, at) : file);
          if (!cut) bytes[at] = value;
          try {
            const { width, height, data } = decodeImage(bytes, 'f');
            expect(data.length).toBe(width * height * 4);
          } catch (error) {
            expect(error).toBeInstanceOf(DataError);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
