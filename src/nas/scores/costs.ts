import type { Score } from './score.js';

/** Number of parameters. */
export const parameters: Score = {
  name: 'parameters',
  paper: 'Ning et al. 2021, 2008.03064: the baseline that scores have to beat',
  needs: 'counts',
  evaluate: async ({ space, settings }, architecture) => space.count(architecture, settings).parameters,
};

/** Millions of operations as the space counts them. */
export const flops: Score = {
  name: 'flops',
  paper: 'Ning et al. 2021, 2008.03064: the baseline that scores have to beat',
  needs: 'counts',
  evaluate: async ({ space, settings }, architecture) => space.count(architecture, settings).mflops,
};
