import { z } from 'zod';
import type { Method } from '../../search/method.js';
import { softmaxRule } from '../../training/bilevel/relaxedRule.js';
import { memoryOptions } from '../shared/memoryOptions.js';
import { archOptimizerOf, archOptions, batchNormOptions, supernetOf } from './archOptions.js';
import { collapseOptions } from './collapse.js';
import { relaxedSearch } from './relaxedSearch.js';

const options = z.strictObject({
  order: z
    .enum(['first', 'second'])
    .default('first')
    .describe(
      'first: at the weights as they are; second: at the weights after one more step, four passes in place of one',
    ),
  ...archOptions(),
  ...batchNormOptions,
  ...collapseOptions,
  ...memoryOptions,
});

/**
 * DARTS (Liu, Simonyan and Yang, ICLR 2019, 1806.09055): all candidates of all edges mixed by the softmax of architecture
 * parameters, which are trained in turn with the weights; the architecture has the candidates of the highest scores.
 */
export const darts: Method<z.infer<typeof options>> = {
  name: 'darts',
  paper: 'Liu, Simonyan and Yang, ICLR 2019, 1806.09055',
  summary: 'all candidates mixed by softmax; architecture parameters by gradients on other images',
  options,
  needs: () => 'supernet',
  start: (problem, settings) =>
    relaxedSearch(problem, {
      method: 'darts',
      collapse: settings,
      stages: [
        () => ({
          supernet: supernetOf(settings),
          begin: (supernet) => ({
            archUpdate: {
              kind: settings.order === 'second' ? 'second-order' : 'first-order',
              rule: softmaxRule(supernet),
              archOptimizer: archOptimizerOf(settings),
            },
          }),
        }),
      ],
    }),
};
