import jpeg from 'jpeg-js';
import { DataError } from '../../src/nas/data/index.js';
import { checkImageSize, LARGEST_PIXELS, type Rgba } from './png.js';

const MEGABYTES = 1536;

export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/** Decodes a baseline or progressive JPEG and turns it upright by its Exif orientation. Errors: `DataError`. */
export function decodeJpeg(bytes: Buffer, file: string): Rgba {
  try {
    const image = jpeg.decode(bytes, {
      tolerantDecoding: false,
      maxResolutionInMP: LARGEST_PIXELS / 1e6,
      maxMemoryUsageInMB: MEGABYTES,
    }) as jpeg.BufferRet & { exifBuffer?: Uint8Array };
    checkImageSize(image.width, image.height, file);
    return upright(image, exifOrientation(image.exifBuffer));
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const got = String((cause as Error).message);
    throw new DataError({ file, got, wanted: 'a whole, undamaged JPEG image' }, { cause });
  }
}

/** Orientation 1 to 8 of an Exif block (a zero byte, then TIFF: Exif 2.3, 4.6.2 and tag 0x0112); 1 where there is none. */
function exifOrientation(exif: Uint8Array | undefined): number {
  if (!exif || exif.length < 9) return 1;
  const view = new DataView(exif.buffer, exif.byteOffset + 1, exif.byteLength - 1);
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > view.byteLength) return 1;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > view.byteLength) return 1;
    if (view.getUint16(entry, little) !== 0x0112) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** Undoes an Exif orientation: 5 to 8 swap rows and columns; where the stored row and column run backwards, they are turned. */
function upright({ width, height, data }: Rgba, orientation: number): Rgba {
  if (orientation === 1) return { width, height, data };
  const transposed = orientation >= 5;
  const mirroredColumns = [2, 3, 7, 8].includes(orientation);
  const mirroredRows = [3, 4, 6, 7].includes(orientation);
  const outWidth = transposed ? height : width;
  const outHeight = transposed ? width : height;
  const source = new Uint32Array(Uint8Array.from(data).buffer);
  const out = new Uint32Array(source.length);
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const column = transposed ? y : x;
      const row = transposed ? x : y;
      const fromColumn = mirroredColumns ? width - 1 - column : column;
      const fromRow = mirroredRows ? height - 1 - row : row;
      out[y * outWidth + x] = source[fromRow * width + fromColumn];
    }
  }
  return { width: outWidth, height: outHeight, data: new Uint8Array(out.buffer) };
}
