/** Images in memory as bytes: `pixels` is count x height x width x channels (NHWC, row by row), `labels` count class indices. */
export interface ImageSplit {
  readonly count: number;
  readonly pixels: Uint8Array;
  readonly labels: Uint16Array;
}

/** A named image set; all its images have one shape. `classes[label]` is the name of a class. */
export interface ImageSet {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly classes: readonly string[];
  readonly train: ImageSplit;
  readonly test: ImageSplit;
  /** Origin of the images, and below their licence, as stated by the provider. */
  readonly origin?: string;
  readonly licence?: string;
}

/** The images of two splits, concatenated. */
export function joinSplits(a: ImageSplit, b: ImageSplit): ImageSplit {
  const pixels = new Uint8Array(a.pixels.length + b.pixels.length);
  pixels.set(a.pixels);
  pixels.set(b.pixels, a.pixels.length);
  return { count: a.count + b.count, pixels, labels: Uint16Array.from([...a.labels, ...b.labels]) };
}
