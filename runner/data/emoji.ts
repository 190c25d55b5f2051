import { join } from 'node:path';
import { z } from 'zod';
import { DataError, type ImageSet } from '../../src/nas/data/index.js';
import { cropOnWhite } from './decode.js';
import { readBytes } from './files.js';
import { packageFolder } from './mnist.js';
import { decodePng } from './png.js';
import { trainTestSplit } from './split.js';

const PACKAGE = 'emoji-datasource-google';
const EDGE = 32;
/** Every cell of the sheet has a border of one pixel. */
const PITCH = EDGE + 2;

/** Parts of emoji such as hair and skin tones, not emoji by themselves. */
const LEFT_OUT = 'Component';

export const EMOJI = {
  classes: 9,
  train: 1524,
  test: 382,
  edge: EDGE,
  licence: 'pictures Apache-2.0 (Noto Emoji), metadata MIT',
} as const;

const listSchema = z.array(
  z.object({
    unified: z.string(),
    category: z.string(),
    sheet_x: z.int().min(0),
    sheet_y: z.int().min(0),
    has_img_google: z.boolean(),
  }),
);

/**
 * Emoji in Google's drawing on white, 32x32 RGB, from the npm package emoji-datasource-google; the class is the category. Skin-tone
 * variants are left out. A fifth of every category becomes test images; equal drawings go to the same part. Errors: `DataError`.
 */
export async function openEmoji(folder = packageFolder(PACKAGE)): Promise<ImageSet> {
  const listFile = join(folder, 'emoji.json');
  const sheetFile = join(folder, 'img', 'google', 'sheets-clean', `${EDGE}.png`);
  const emoji = parseList((await readBytes(listFile)).toString('utf8'), listFile);
  const sheet = decodePng(await readBytes(sheetFile), sheetFile);
  const classes = [...new Set(emoji.map((e) => e.category))].sort();
  const imageBytes = EDGE * EDGE * 3;
  const pixels = new Uint8Array(emoji.length * imageBytes);
  const labels = new Uint16Array(emoji.length);
  for (const [i, { unified, category, sheet_x, sheet_y }] of emoji.entries()) {
    const [left, top] = [PITCH * sheet_x + 1, PITCH * sheet_y + 1];
    if (left + EDGE > sheet.width || top + EDGE > sheet.height) {
      const got = `emoji ${unified} in cell (${sheet_x}, ${sheet_y})`;
      throw new DataError({
        file: listFile,
        got,
        wanted: `a cell of the sheet of ${sheet.width}x${sheet.height} pixels`,
      });
    }
    pixels.set(cropOnWhite(sheet, left, top, EDGE, EDGE), i * imageBytes);
    labels[i] = classes.indexOf(category);
  }
  const parts = trainTestSplit({ count: emoji.length, pixels, labels }, classes.length, 'emoji-test');
  const shape = { name: 'emoji', height: EDGE, width: EDGE, channels: 3 as const, classes };
  return { ...shape, ...parts, origin: `npm ${PACKAGE}`, licence: EMOJI.licence };
}

function parseList(json: string, file: string): z.infer<typeof listSchema> {
  try {
    const list = listSchema.parse(JSON.parse(json)).filter((e) => e.has_img_google && e.category !== LEFT_OUT);
    if (list.length > 0) return list;
  } catch (cause) {
    const got = cause instanceof z.ZodError ? cause.issues[0].message : (cause as Error).message;
    throw new DataError({ file, got, wanted: 'the list of emoji' }, { cause });
  }
  throw new DataError({ file, got: 'no emoji', wanted: 'at least one' });
}
