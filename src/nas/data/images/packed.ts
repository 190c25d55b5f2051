import { z } from 'zod';
import { DataError } from './errors.js';
import type { ImageSet, ImageSplit } from './imageSet.js';

const count = z.int().min(1).max(50_000_000);
const edge = z.int().min(1).max(4096);

const schema = z.object({
  name: z.string().min(1),
  height: edge,
  width: edge,
  channels: z.union([z.literal(1), z.literal(3)]),
  train: count,
  test: count,
  classes: z.array(z.string()).min(1).max(256),
  source: z.string().optional(),
  licence: z.string().optional(),
});

/** NAME.json of a packed set: shape and number of images, class names. */
export type PackedDescription = z.infer<typeof schema>;

/** Parses NAME.json; unknown fields are ignored. @throws {DataError} naming the wrong field */
export function parsePackedDescription(json: string, file: string): PackedDescription {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    const got = json.trim() === '' ? 'an empty file' : (cause as Error).message;
    throw new DataError({ file, got, wanted: 'the JSON description of a packed image set' }, { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue.path.join('.') || 'the description';
  throw new DataError({ file, got: `${field}: ${issue.message}`, wanted: 'the description of a packed image set' });
}

/** Bytes of NAME.bin after decompression: one for each channel value and one for each label. */
export function packedLength(d: PackedDescription): number {
  return (d.train + d.test) * (d.height * d.width * d.channels + 1);
}

/**
 * NAME.bin: train images, test images (NHWC), train labels, test labels, all unsigned bytes without a header.
 * @throws {DataError} when the length is wrong or a label out of range
 */
export function parsePacked(bytes: Uint8Array, file: string, description: PackedDescription): ImageSet {
  const wanted = packedLength(description);
  if (bytes.length !== wanted) {
    const { train, test, height, width, channels } = description;
    const over = bytes.length - wanted;
    throw new DataError({
      file,
      offset: Math.min(bytes.length, wanted),
      got: over < 0 ? `end of file after ${bytes.length} bytes` : `${over} bytes too many`,
      wanted: `${wanted} bytes for ${train} + ${test} images of ${height}x${width}x${channels} and their labels`,
    });
  }
  const imageBytes = description.height * description.width * description.channels;
  const labelStart = (description.train + description.test) * imageBytes;
  const part = (first: number, images: number): ImageSplit => {
    const start = labelStart + first;
    const labels = Uint16Array.from(bytes.subarray(start, start + images));
    const bad = labels.findIndex((label) => label >= description.classes.length);
    if (bad >= 0) {
      const range = `a label from 0 to ${description.classes.length - 1}`;
      throw new DataError({ file, offset: start + bad, got: `label ${labels[bad]}`, wanted: range });
    }
    return { count: images, pixels: bytes.subarray(first * imageBytes, (first + images) * imageBytes), labels };
  };
  return {
    name: description.name,
    height: description.height,
    width: description.width,
    channels: description.channels,
    classes: description.classes,
    train: part(0, description.train),
    test: part(description.train, description.test),
    origin: description.source,
    licence: description.licence,
  };
}
