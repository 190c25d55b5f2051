import { z } from 'zod';
import { Random } from '../../engine/random/random.js';
import { type Method, type Problem, type Search, SearchError } from './method.js';
import { requireMethod, samplingSearch } from './samplingSearch.js';

const options = z.strictObject({
  samples: z.int().min(1).default(1).describe('architectures drawn; of more than one, short training picks the best'),
});
type RandomOptions = z.infer<typeof options>;

const NAME = 'random';

/**
 * Random sampling. With one sample, the default, it sees no image: the baseline that every relative improvement is
 * measured against (Yang et al., ICLR 2020, 1912.12522).
 */
export const randomSearch: Method<RandomOptions> = {
  name: NAME,
  paper: 'Yang, Esperança and Carlucci, ICLR 2020, 1912.12522',
  summary: 'one architecture at random, or the best of some after short training',
  options,
  needs: ({ samples }) => (samples > 1 ? 'training' : 'nothing'),
  start: (problem, { samples }) =>
    samples > 1 || problem.limits
      ? samplingSearch(problem, {
          method: NAME,
          total: samples,
          propose: (_, random) => ({ architecture: problem.space.random(random) }),
        })
      : singleDraw(problem),
};

function singleDraw(problem: Problem): Search {
  let architecture: string | undefined;
  return {
    async step() {
      architecture = problem.space.format(problem.space.random(new Random(problem.seed, `search ${NAME}`)));
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
