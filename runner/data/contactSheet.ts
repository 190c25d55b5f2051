import { AttributeError } from '../../src/engine/errors/index.js';
import { type ImageSet, indicesByClass, toRgb } from '../../src/nas/data/index.js';
import { encodePng } from './png.js';

export interface ContactSheetOptions {
  /** Classes shown, one a row, from the first on; default: at most `ROWS`. */
  readonly rows?: number;
  /** Images of each class, spread evenly over its training images; default 10. */
  readonly columns?: number;
  /** Edge in screen pixels of a pixel; default: images come to about 64 pixels. */
  readonly scale?: number;
}

const GAP = 2;
/** Rows of a sheet unless others are asked for. */
export const ROWS = 20;
/** Grey between the images, unlike the white or black that images often have at their edges. */
const BACKGROUND = 128;

/** A PNG with a row of training images for each class. */
export function contactSheet(set: ImageSet, options: ContactSheetOptions = {}): Buffer {
  const { rows = ROWS, columns = 10, scale = Math.max(1, Math.round(64 / set.width)) } = options;
  for (const [name, value] of Object.entries({ rows, columns, scale })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new AttributeError(`contactSheet: ${name} is ${value}, wanted a positive integer`);
    }
  }
  const shown = indicesByClass(set.train, set.classes.length).slice(0, rows);
  const tileWidth = set.width * scale + GAP;
  const tileHeight = set.height * scale + GAP;
  const width = columns * tileWidth + GAP;
  const height = shown.length * tileHeight + GAP;
  const sheet = new Uint8Array(width * height * 3).fill(BACKGROUND);
  const imageBytes = set.height * set.width * set.channels;
  for (const [row, indices] of shown.entries()) {
    for (let column = 0; column < Math.min(columns, indices.length); column++) {
      const index = indices[Math.floor((column * indices.length) / Math.min(columns, indices.length))];
      const image = set.train.pixels.subarray(index * imageBytes, (index + 1) * imageBytes);
      const rgb = set.channels === 1 ? toRgb(image) : image;
      const [left, top] = [GAP + column * tileWidth, GAP + row * tileHeight];
      for (let y = 0; y < set.height * scale; y++) {
        for (let x = 0; x < set.width * scale; x++) {
          const from = (Math.floor(y / scale) * set.width + Math.floor(x / scale)) * 3;
          sheet.set(rgb.subarray(from, from + 3), ((top + y) * width + left + x) * 3);
        }
      }
    }
  }
  return encodePng(width, height, sheet);
}
