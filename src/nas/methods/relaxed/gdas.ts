import { z } from 'zod';
import type { Supernet } from '../../networks/classifier.js';
import type { Method } from '../../search/method.js';
import { type SeparateRule, softmaxScores } from '../../training/bilevel/relaxedRule.js';
import { memoryOptions } from '../shared/memoryOptions.js';
import { archOptimizerOf, archOptions } from './archOptions.js';
import { collapseOptions } from './collapse.js';
import {
  concreteSample,
  gumbelNoise,
  inverseFeed,
  linearByEpoch,
  noiseFeed,
  oneHotOfLargest,
  type ReadVariable,
  stepRandom,
} from './gumbel.js';
import { relaxedSearch } from './relaxedSearch.js';

const options = z.strictObject({
  tauFirst: z.number().gt(0).default(10).describe('temperature of the softmax in the first epoch'),
  tauLast: z.number().gt(0).default(0.1).describe('temperature in the last epoch; linear in between'),
  ...archOptions(),
  affine: z.boolean().default(false).describe('scale and shift of batch norm in the candidates'),
  // No Hessian: at a single sample it is meaningless.
  stopSkips: collapseOptions.stopSkips,
  maxSkips: collapseOptions.maxSkips,
  ...memoryOptions,
});

type Options = z.infer<typeof options>;

/**
 * One candidate an edge, the largest of alpha + Gumbel noise; its gradient is that of its probability at the temperature
 * (Dong and Yang 2019, GDAS, section 3.2). Noise depends on the seed, the update and the step alone.
 */
export function gumbelRule(
  supernet: Supernet,
  read: ReadVariable,
  seed: number,
  { tauFirst, tauLast }: Pick<Options, 'tauFirst' | 'tauLast'>,
): SeparateRule {
  const { alphas } = supernet;
  const hotFeed = (part: string, table: string) => `${part}/sample ${table}`;
  return {
    updates: 'separate',
    parameters: alphas,
    trace: (graph, part) => {
      const weights = alphas.variables.map(({ name, type }) => graph.feed(hotFeed(part, name), type.shape));
      if (part === 'weights') return { mixture: { weights } };
      const through = alphas.variables.map((alpha) => concreteSample(graph.read(alpha), alpha.name, part));
      return { mixture: { weights }, through };
    },
    async feeds(place) {
      const random = stepRandom('gdas', seed, place);
      const feeds: Record<string, ArrayLike<number>> = {
        [inverseFeed(place.part)]: [1 / linearByEpoch(tauFirst, tauLast, place)],
      };
      for (const alpha of alphas.variables) {
        const values = await read(alpha);
        const noise = gumbelNoise(values.length, random);
        const noisy = noise.map((each, i) => each + values[i]);
        feeds[noiseFeed(place.part, alpha.name)] = noise;
        feeds[hotFeed(place.part, alpha.name)] = oneHotOfLargest(noisy, alpha.type.shape[1]);
      }
      return feeds;
    },
    operationScores: (parameters) => softmaxScores(alphas, parameters),
  };
}

/**
 * GDAS (Dong and Yang, CVPR 2019, 1910.04465): every step trains one sampled architecture, the same in all cells of a kind, and
 * the architecture parameters by a straight-through gradient at a decreasing temperature; the architecture has the strongest
 * candidates.
 *
 * The paper: on the DARTS space 250 epochs of batches of 64; NAS-Bench-201 likewise, SGD with Nesterov momentum from 0.025 to 0.001 by a cosine, weight decay 5e-4.
 * Difference: the published code adds the zero weights of closed candidates to the node as numbers, so that they get a gradient too;
 * here, as in the authors' later variant, only the sampled candidate has one.
 */
export const gdas: Method<Options> = {
  name: 'gdas',
  paper: 'Dong and Yang, CVPR 2019, 1910.04465',
  summary: 'one candidate an edge by Gumbel-max sampling, straight-through gradients, a decreasing temperature',
  options,
  needs: () => 'supernet',
  start: (problem, settings) =>
    relaxedSearch(problem, {
      method: 'gdas',
      collapse: settings,
      stages: [
        () => ({
          supernet: { affine: settings.affine, batchNorm: 'batch', gated: true, checkpoint: settings.checkpoint },
          begin: (supernet, { engine }) => ({
            archUpdate: {
              kind: 'first-order',
              rule: gumbelRule(supernet, (variable) => engine.read(variable), problem.seed, settings),
              archOptimizer: archOptimizerOf(settings),
            },
          }),
        }),
      ],
    }),
};
