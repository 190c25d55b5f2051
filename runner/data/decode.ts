import { DataError, resizePixels } from '../../src/nas/data/index.js';
import { decodeJpeg, isJpeg } from './jpeg.js';
import { decodePng, isPng, type Rgba } from './png.js';

/** A PNG or JPEG by its first bytes, whatever its name. Errors: `DataError`. */
export function decodeImage(bytes: Buffer, file: string): Rgba {
  if (isPng(bytes)) return decodePng(bytes, file);
  if (isJpeg(bytes)) return decodeJpeg(bytes, file);
  const got = bytes.length === 0 ? 'an empty file' : `bytes ${bytes.subarray(0, 4).toString('hex')}`;
  throw new DataError({ file, offset: 0, got, wanted: 'a PNG or JPEG image' });
}

/** RGB bytes of the rectangle at (left, top), composited on white. */
export function cropOnWhite(image: Rgba, left: number, top: number, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height * 3);
  let o = 0;
  for (let y = top; y < top + height; y++) {
    for (let p = (y * image.width + left) * 4; o < (y - top + 1) * width * 3; p += 4) {
      const alpha = image.data[p + 3];
      for (let c = 0; c < 3; c++) out[o++] = Math.round((image.data[p + c] * alpha + 255 * (255 - alpha)) / 255);
    }
  }
  return out;
}

/** The centre square of an image on white, resized to size x size RGB. */
export function squareRgb(image: Rgba, size: number): Uint8Array {
  const edge = Math.min(image.width, image.height);
  const square = cropOnWhite(image, (image.width - edge) >> 1, (image.height - edge) >> 1, edge, edge);
  return resizePixels(square, 1, { height: edge, width: edge, channels: 3 }, size, size);
}
