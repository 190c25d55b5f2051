import { crc32, inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { DataError } from '../../src/nas/data/index.js';

/** 8 bits a channel, RGBA, row by row. */
export interface Rgba {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** No image of more pixels, or with a longer edge, is decoded: a few bytes may declare a gigantic one. */
export const LARGEST_PIXELS = 64 * 1024 * 1024;
const LARGEST_IMAGE_EDGE = 32_768;

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.equals(bytes.subarray(0, 8));

/** Decodes a PNG of any colour type and depth; 16 bits become 8. Errors: `DataError`. */
export function decodePng(bytes: Buffer, file: string): Rgba {
  checkPng(bytes, file);
  try {
    const { width, height, data } = PNG.sync.read(bytes);
    return { width, height, data };
  } catch (cause) {
    throw new DataError({ file, got: String((cause as Error).message), wanted: 'a PNG image' }, { cause });
  }
}

export function encodePng(width: number, height: number, rgb: Uint8Array): Buffer {
  const png = new PNG({ width, height });
  for (let i = 0, p = 0; i < rgb.length; i += 3, p += 4) {
    png.data.set(rgb.subarray(i, i + 3), p);
    png.data[p + 3] = 255;
  }
  return PNG.sync.write(png, { colorType: 2 });
}

/**
 * Checks the chunks before decoding, because the decoder does not report where a file is damaged, or that it declares
 * more pixels than allowed.
 */
function checkPng(bytes: Buffer, file: string): void {
  if (!isPng(bytes)) throw new DataError({ file, offset: 0, got: 'other bytes', wanted: 'the PNG signature' });
  const data: Buffer[] = [];
  let interlaced = false;
  let type = '';
  let offset = 8;
  for (; type !== 'IEND'; offset += 12 + bytes.readUInt32BE(offset)) {
    const length = offset + 8 <= bytes.length ? bytes.readUInt32BE(offset) : 0;
    const end = offset + 12 + length;
    if (end > bytes.length) {
      const got = `end of file after ${bytes.length} bytes`;
      throw new DataError({ file, offset: bytes.length, got, wanted: `a chunk up to byte ${end}` });
    }
    const isHeader = offset === 8;
    type = bytes.toString('latin1', offset + 4, offset + 8);
    if (isHeader !== (type === 'IHDR') || (isHeader && length !== 13)) {
      const wanted = isHeader ? 'the chunk IHDR of 13 bytes' : 'one chunk IHDR only';
      throw new DataError({ file, offset, got: `chunk ${JSON.stringify(type)} of ${length} bytes`, wanted });
    }
    if (crc32(bytes.subarray(offset + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) {
      throw new DataError({ file, offset: end - 4, got: `a wrong checksum of chunk ${type}`, wanted: 'the right one' });
    }
    if (isHeader) {
      checkImageSize(bytes.readUInt32BE(16), bytes.readUInt32BE(20), file, 16);
      interlaced = bytes[28] === 1;
    }
    if (type === 'IDAT') data.push(bytes.subarray(offset + 8, end - 4));
  }
  if (offset !== bytes.length) {
    const got = `${bytes.length - offset} bytes after the image`;
    throw new DataError({ file, offset, got, wanted: 'the end of the file' });
  }
  if (interlaced) checkInterlaced(bytes, Buffer.concat(data), file);
}

/** The decoder bounds what it decompresses only for images that are not interlaced. */
function checkInterlaced(bytes: Buffer, data: Buffer, file: string): void {
  const width = bytes.readUInt32BE(16);
  const height = bytes.readUInt32BE(20);
  // At most 4 channels of 2 bytes a pixel, and a filter byte for each row of the 7 passes.
  const most = 8 * width * height + 7 * (height + 8);
  try {
    inflateSync(data, { maxOutputLength: most });
  } catch (cause) {
    throw new DataError({ file, got: (cause as Error).message, wanted: `at most ${most} bytes of pixels` }, { cause });
  }
}

/** Refuses an image too large to decode. Errors: `DataError`. */
export function checkImageSize(width: number, height: number, file: string, offset?: number): void {
  const fits = (edge: number): boolean => edge >= 1 && edge <= LARGEST_IMAGE_EDGE;
  if (fits(width) && fits(height) && width * height <= LARGEST_PIXELS) return;
  const wanted = `edges of 1 to ${LARGEST_IMAGE_EDGE} and at most ${LARGEST_PIXELS} pixels`;
  throw new DataError({ file, offset, got: `an image of ${width}x${height} pixels`, wanted });
}
