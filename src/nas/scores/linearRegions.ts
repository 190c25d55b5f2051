import { Random } from '../../engine/random/random.js';
import { codeProducts, fullResolution, hammingDistances } from './activationCodes.js';
import { withUntrained } from './network.js';
import type { Score, ScoreContext } from './score.js';

/** Inputs whose patterns are distinguished, and networks that the mean is over (Chen et al. 2021, section 3.2.2 and code). */
const INPUTS = 1000;
const REPEATS = 3;
/** Edge of an input in pixels: small, so that there are more inputs than regions. The published 3 cannot be halved twice. */
const SIZE = 4;

/**
 * Number of linear regions of a thin network: distinct activation patterns of its ReLUs for 1000 patches of the images (Chen et al. 2021,
 * section 3.2.2: the mean over three networks). The network has one channel and one cell per stage; only the first stage is counted, as in the
 * published code, whose thin network has only that stage. There inputs are 3 x 3 pixels of one channel without a stem; here they are
 * 4 x 4 pixels with the channels of the images, followed by the stem.
 */
export const linearRegions: Score = {
  name: 'linear-regions',
  paper:
    'Chen, Gong and Wang 2021, Neural Architecture Search on ImageNet in Four GPU Hours (TE-NAS), arXiv 2102.11535',
  needs: 'images',
  async evaluate(context, architecture) {
    let sum = 0;
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const random = new Random(context.seed, `linear regions ${repeat}`);
      const inputs = patches(context, random);
      sum += await countRegions({ ...context, seed: random.uint32() }, architecture, inputs);
    }
    return sum / REPEATS;
  },
};

/** Distinct patterns of one thin network for inputs [1000, 4, 4, channels]; its weights depend on the context's seed. */
export function countRegions(context: ScoreContext, architecture: unknown, inputs: Float32Array): Promise<number> {
  return withUntrained(
    context,
    architecture,
    { settings: { ...context.settings, channels: 1, cells: 1, size: SIZE }, batch: INPUTS },
    ({ graph }) => graph.output('codes', codeProducts(graph, fullResolution(graph, SIZE)).products),
    async (network) => {
      network.run({ images: inputs, labels: new Uint32Array(INPUTS) });
      return distinctCodes(hammingDistances(await network.read('codes'), INPUTS), INPUTS);
    },
  );
}

/** Number of distinct codes, from their pairwise distances: those that equal no earlier code. */
export function distinctCodes(distances: Float64Array, count: number): number {
  let firsts = 0;
  for (let i = 0; i < count; i++) {
    let j = 0;
    while (j < i && distances[i * count + j] !== 0) j++;
    if (j === i) firsts++;
  }
  return firsts;
}

/** Random patches of random images, [INPUTS, SIZE, SIZE, channels]. */
function patches({ images, settings: { size, imageChannels }, batch }: ScoreContext, random: Random): Float32Array {
  const row = SIZE * imageChannels;
  const result = new Float32Array(INPUTS * SIZE * row);
  for (let patch = 0; patch < INPUTS; patch++) {
    const image = random.integer(batch);
    const top = random.integer(size - SIZE + 1);
    const left = random.integer(size - SIZE + 1);
    for (let y = 0; y < SIZE; y++) {
      const start = ((image * size + top + y) * size + left) * imageChannels;
      result.set(images.subarray(start, start + row), (patch * SIZE + y) * row);
    }
  }
  return result;
}
