import { z } from 'zod';
import type { Method } from '../../search/method.js';
import { memoryOptions } from '../shared/memoryOptions.js';
import { type SharedWork, sharedWeightsSearch } from './sharedWeightsSearch.js';

const options = z.strictObject({
  candidates: z.int().min(1).default(1000).describe('architectures sampled in a round of the selection'),
  finalists: z
    .int()
    .min(0)
    .default(10)
    .describe('best of a round that are measured on the whole validation split; 0: one batch decides'),
  rounds: z
    .int()
    .min(1)
    .optional()
    .describe('rounds of the selection; default: one for every 10,000 steps of training, at least one'),
  ...memoryOptions,
});
type Options = z.infer<typeof options>;

/** Steps of training for one round of the selection. */
const STEPS_A_ROUND = 10_000;

const NAME = 'random-sharing';

/**
 * Random search with weight sharing (Li and Talwalkar, UAI 2019, 1902.07638, section 3.2): every batch trains one random
 * architecture; of `candidates` others the best on one validation batch, the same for all of a round, are measured on the whole
 * validation split, and the best of all rounds is the result. Published training: 100 epochs on the DARTS space, 250 on NAS-Bench-201,
 * batches of 64, learning rate from 0.025 to 0.001; NAS-Bench-201 compares 100 candidates by one batch each (candidates 100,
 * finalists 0). Architectures are uniform over the space: on that of DARTS without `none`, which the authors draw too.
 */
export const randomSharing: Method<Options> = {
  name: NAME,
  paper: 'Li and Talwalkar, UAI 2019, 1902.07638',
  summary: 'one random architecture a batch on shared weights; the best of many by these is the result',
  options,
  needs: () => 'supernet',
  start: (problem, settings) =>
    sharedWeightsSearch(problem, {
      method: NAME,
      affine: false,
      checkpoint: settings.checkpoint,
      begin: () => ({
        draw: (random) => problem.space.random(random),
        rounds: ({ steps }) => settings.rounds ?? Math.max(1, Math.floor(steps / STEPS_A_ROUND)),
        round: async (work) => {
          const drawn = Array.from({ length: settings.candidates }, () => problem.space.random(work.random));
          await compare(work, drawn, settings.finalists);
        },
      }),
    }),
};

/** Measures architectures on one random batch, then the best of them on all, and records these; with 0 finalists records all. */
export async function compare(work: SharedWork, architectures: readonly unknown[], finalists: number): Promise<void> {
  const batch = work.random.integer(work.batches);
  const measured: { architecture: unknown; accuracy: number }[] = [];
  for (const architecture of architectures)
    measured.push({ architecture, accuracy: await work.measure(architecture, [batch]) });
  if (finalists === 0) {
    for (const { architecture, accuracy } of measured) work.record(architecture, accuracy);
    return;
  }
  // A stable sort: among equals the first sampled is kept.
  const best = measured.sort((a, b) => b.accuracy - a.accuracy).slice(0, finalists);
  for (const { architecture } of best) work.record(architecture, await work.measure(architecture));
}
