import { z } from 'zod';
import type { Method, Search } from '../../../search/method.js';
import type { Problem } from '../../../search/problem.js';
import { samplingSearch } from '../samplingSearch.js';
import { evaluationsOf } from './bohb.js';
import { hyperband, placeAfter } from './hyperband.js';
import { fitModel, highestModel, promising } from './model.js';

const options = z.strictObject({
  samples: z
    .int()
    .min(1)
    .default(4)
    .describe('architectures sampled from the model, of which the most promising is evaluated'),
  randomFraction: z.number().min(0).max(1).default(0).describe('new architectures that are random'),
  brackets: z.int().min(1).default(50).describe('successive halvings in all'),
});
type PublishedOptions = z.infer<typeof options>;

const NAME = 'bohb-published';
const ETA = 3;
/** floor(log_3(200 / 12)) + 1: budgets from 12 to 200, which the authors' runs ignored. */
const RUNGS = 3;
const GOOD_FRACTION = 0.15;
/** The minimum bandwidth is that of NAS-Bench-201's script; the default of HpBandSter is 1e-3. */
const KERNEL = { minimumBandwidth: 0.3, levels: 'data' } as const;

/**
 * BOHB as NAS-Bench-201 ran it (2001.00326), to compare with its published numbers: every evaluation is the problem's
 * longest training, whatever the rung; a promoted architecture is evaluated again; and kernels are those of statsmodels. The published
 * numbers are reproduced when that training has 12 epochs, as for the other methods there.
 */
export const bohbPublished: Method<PublishedOptions> = {
  name: NAME,
  paper: 'Falkner, Klein and Hutter, ICML 2018, 1807.01774; as Dong and Yang ran it, 2001.00326',
  summary: 'BOHB as it ran for the numbers published with NAS-Bench-201',
  options,
  needs: () => 'training',
  start,
};

function start(problem: Problem, settings: PublishedOptions): Search {
  const { space } = problem;
  const brackets = hyperband(RUNGS, ETA);
  const sizes = space.choices.map((choice) => choice.options.length);
  return samplingSearch(problem, {
    method: NAME,
    total: evaluationsOf(brackets, settings.brackets),
    propose(evaluations, random) {
      const place = placeAfter(evaluations, brackets);
      if (place.promoted) return { architecture: place.promoted.architecture };
      const results = evaluations.map(({ architecture, fitness }) => ({
        decisions: space.decisions(architecture),
        fitness,
      }));
      const model = highestModel(results, place.rungs, (part) => fitModel(part, sizes, GOOD_FRACTION, KERNEL));
      if (!model || random.uniform() < settings.randomFraction) return { architecture: space.random(random) };
      const picked = promising(model, sizes, settings.samples, random, () => true);
      return { architecture: picked ? space.fromDecisions(picked) : space.random(random) };
    },
  });
}
