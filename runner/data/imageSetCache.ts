import { type ImageSet, validationSet, validationSetOf } from '../../src/nas/data/index.js';
import { fingerprint } from '../../src/nas/transfer/index.js';
import { openImageSet, pictureEdge } from './imageSets.js';

/** Image sets by name, each opened once. */
export interface ImageSets {
  open(name: string): Promise<ImageSet>;
  /** The shorter side of its images as they come, in pixels. */
  edge(name: string): Promise<number>;
  fingerprints(names: readonly string[]): Promise<Map<string, string>>;
}

/**
 * `SET@validation` is a set with its training images only: the first half for training, the second half in place of the test images.
 * @param size edge length in pixels that the images of folders are resized to
 */
export function imageSets(options: { dataDir?: string; size: number }): ImageSets {
  const opened = new Map<string, Promise<ImageSet>>();
  const open = (name: string): Promise<ImageSet> => {
    if (!opened.has(name)) {
      const whole = validationSetOf(name);
      opened.set(name, whole === undefined ? openImageSet(name, options) : open(whole).then(validationSet));
    }
    return opened.get(name)!;
  };
  return {
    open,
    async edge(name) {
      const own = await pictureEdge(validationSetOf(name) ?? name, options);
      if (own !== undefined) return own;
      const { height, width } = await open(name);
      return Math.min(height, width);
    },
    async fingerprints(names) {
      const prints = new Map<string, string>();
      for (const name of names) prints.set(name, await fingerprint(await open(name)));
      return prints;
    },
  };
}
