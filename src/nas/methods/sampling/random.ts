import { z } from 'zod';
import { Random } from '../../../engine/random/random.js';
import { SearchError } from '../../search/errors.js';
import type { Method, Search } from '../../search/method.js';
import type { Problem } from '../../search/problem.js';
import { deriveArchitecture } from '../shared/derivation.js';
import { requireMethod } from '../shared/searchState.js';
import { samplingSearch } from './samplingSearch.js';

const options = z.strictObject({
  samples: z
    .int()
    .min(1)
    .default(1)
    .describe('architectures sampled; of more than one, short training selects the best'),
  sampling: z
    .enum(['uniform', 'alphas'])
    .optional()
    .describe(
      'uniform, the default: over the choices; alphas: derived from architecture parameters sampled from a normal distribution',
    ),
  perSource: z
    .boolean()
    .optional()
    .describe(
      'true: different architectures for every source; false, the default: one seed samples the same for all sources',
    ),
});
type RandomOptions = z.infer<typeof options>;

const NAME = 'random';

/**
 * Random sampling. With one sample, the default, it uses no images: the baseline of all relative improvements (Yang et al.,
 * ICLR 2020, 1912.12522). The authors sample architecture parameters and derive the cell; by symmetry every architecture is as likely
 * as by uniform sampling.
 */
export const randomSearch: Method<RandomOptions> = {
  name: NAME,
  paper: 'Yang, Esperança and Carlucci, ICLR 2020, 1912.12522',
  summary: 'one architecture at random, or the best of some after short training',
  options,
  needs: ({ samples, perSource }) => (samples > 1 ? 'training' : perSource ? 'name' : 'nothing'),
  start(given, { samples, sampling, perSource }) {
    const problem = perSource ? seededBySource(given) : given;
    return samples > 1 || problem.limits
      ? samplingSearch(problem, {
          method: NAME,
          total: samples,
          propose: (_, random) => ({ architecture: draw(problem, sampling, random) }),
        })
      : singleDraw(problem, sampling);
  },
};

/** The same problem with another seed for every source. Its evaluations have seeds of their own. */
function seededBySource(problem: Problem): Problem {
  const { seed, sourceName } = problem;
  if (sourceName === undefined)
    throw new SearchError(
      `${NAME}: perSource: got a problem without the name of its source, wanted one with; leave perSource out`,
    );
  return { ...problem, seed: new Random(seed, `source ${sourceName}`).uint32() };
}

function draw({ space }: Problem, sampling: RandomOptions['sampling'], random: Random): unknown {
  if (sampling !== 'alphas') return space.random(random);
  const { relaxation } = space;
  const alphas = relaxation.tables.map(({ edges, operations }) =>
    Float64Array.from({ length: edges.length * operations.length }, () => random.normal()),
  );
  return deriveArchitecture(relaxation, alphas);
}

function singleDraw(problem: Problem, sampling: RandomOptions['sampling']): Search {
  let architecture: string | undefined;
  return {
    async step() {
      problem.signal?.throwIfAborted();
      architecture = problem.space.format(draw(problem, sampling, new Random(problem.seed, `search ${NAME}`)));
      return false;
    },
    save: () => ({ method: NAME, values: { architecture }, arrays: {} }),
    restore(state) {
      requireMethod(state, NAME);
      architecture = state.values.architecture as string | undefined;
    },
    result() {
      if (architecture === undefined) throw new SearchError(`${NAME}: result() before the first step()`);
      return { architecture, epochs: [], evaluations: [] };
    },
    progress: () => ({ done: architecture === undefined ? 0 : 1, total: 1, unit: 'architecture' }),
  };
}
