import type { ImageSet, ImageSplit } from '../../../src/nas/data/images/imageSet.js';

export interface SyntheticOptions {
  /** Training images of every class. */
  readonly train: readonly number[];
  /** Test images of every class. */
  readonly test: readonly number[];
  readonly edge?: number;
  readonly channels?: 1 | 3;
}

/** A set whose images are all different: the first pixels encode the number of the image, test images after training images. */
export function syntheticSet({ train, test, edge = 4, channels = 1 }: SyntheticOptions): ImageSet {
  const imageBytes = edge * edge * channels;
  let serial = 0;
  const split = (counts: readonly number[]): ImageSplit => {
    const labels = Uint16Array.from(counts.flatMap((n, c) => new Array<number>(n).fill(c)));
    const pixels = new Uint8Array(labels.length * imageBytes);
    for (let i = 0; i < labels.length; i++, serial++) {
      pixels[i * imageBytes] = serial & 255;
      pixels[i * imageBytes + 1] = serial >> 8;
      pixels[i * imageBytes + 2] = labels[i];
    }
    return { count: labels.length, pixels, labels };
  };
  const classes = train.map((_, c) => `class ${c}`);
  const shape = { name: 'synthetic', height: edge, width: edge, channels, classes };
  return { ...shape, train: split(train), test: split(test) };
}

/** The bytes of every image as a string, in order. */
export function imageKeys(split: ImageSplit): string[] {
  const imageBytes = split.pixels.length / split.count;
  return Array.from({ length: split.count }, (_, i) =>
    Buffer.from(split.pixels.subarray(i * imageBytes, (i + 1) * imageBytes)).toString('latin1'),
  );
}
