import { z } from 'zod';
import type { Method } from '../../../search/method.js';
import { memoryOptions } from '../../shared/memoryOptions.js';
import { archOptimizerOf, archOptions, batchNormOptions, supernetOf } from '../archOptions.js';
import { collapseOptions } from '../collapse.js';
import { relaxedSearch } from '../relaxedSearch.js';
import { gateRule } from './gates.js';
import { openCandidates } from './thresholds.js';

const options = z.strictObject({
  order: z
    .enum(['first', 'single'])
    .default('first')
    .describe('first: gates by other images than the weights; single: both by the same batch of all images'),
  zeroOneWeight: z.number().min(0).default(10).describe('w01, what the zero-one loss is multiplied with'),
  zeroOneDistance: z
    .enum(['l2', 'l1'])
    .default('l2')
    .describe('distance from one half in the zero-one loss: squared or absolute'),
  derivation: z
    .enum(['threshold-sparse', 'threshold-edge'])
    .default('threshold-sparse')
    .describe(
      'sparse: the strongest operation of the two strongest edges of a node; edge: up to two operations an edge',
    ),
  threshold: z.number().min(0).max(1).default(0.85).describe('gates below it are closed in the architecture'),
  ...archOptions({ learningRate: 3e-3, beta1: 0.9 }),
  ...batchNormOptions,
  ...memoryOptions,
  // No limits of skips: they count the strongest candidates, here those with open gates are derived.
  hessian: collapseOptions.hessian,
  stopEigenvalue: collapseOptions.stopEigenvalue,
});

/**
 * FairDARTS (Chu et al., ECCV 2020, 1911.12126): every candidate has its own gate, sigmoid(alpha), in place of a softmax, and a
 * zero-one loss pushes gates towards zero or one; the architecture has the candidates whose gates exceed a threshold.
 *
 * The paper trains 50 epochs in batches of 128 at learning rates from 0.005 to 0.001. A search too short for gates to open ends in a
 * cell of one edge, the strongest: lower the threshold then. The zero-one loss is a mean over gates, 196 on the DARTS space: with fewer
 * gates the gradient of each is larger, and a smaller weight may be better. On NAS-Bench-201 an edge has its strongest operation, or
 * `none` where the gate of that is closed.
 */
export const fairDarts: Method<z.infer<typeof options>> = {
  name: 'fair-darts',
  paper: 'Chu et al., ECCV 2020, 1911.12126',
  summary: 'a gate for every candidate, pushed to zero or one, in place of the softmax',
  options,
  needs: () => 'supernet',
  joinsHalves: ({ order }) => order === 'single',
  start: (problem, settings) => {
    const { relaxation } = problem.space;
    const { derivation: by, threshold } = settings;
    return relaxedSearch(problem, {
      method: 'fair-darts',
      collapse: settings,
      stages: [
        () => ({
          supernet: supernetOf(settings),
          begin: () => ({
            archUpdate: {
              kind: settings.order === 'single' ? 'single-level' : 'first-order',
              rule: gateRule(relaxation.tables, { weight: settings.zeroOneWeight, distance: settings.zeroOneDistance }),
              archOptimizer: archOptimizerOf(settings),
            },
            derive: (gates) => relaxation.architecture(openCandidates(relaxation.tables, gates, { by, threshold })),
          }),
        }),
      ],
    });
  },
};
