import { z } from 'zod';
import { SearchError } from '../../search/errors.js';
import type { Method } from '../../search/method.js';
import type { Problem } from '../../search/problem.js';
import { memoryOptions } from '../shared/memoryOptions.js';
import { archOptimizerOf, archOptions, batchNormOptions, supernetOf } from './archOptions.js';
import { collapseOptions } from './collapse.js';
import { edgeNormalizedRule } from './edgeNormalization.js';
import { relaxedSearch } from './relaxedSearch.js';

/** Epochs of the published search on CIFAR-10 in which the weights alone are trained; of 50. */
const PUBLISHED_START = 15;

const options = z.strictObject({
  partial: z
    .int()
    .min(1)
    .default(4)
    .describe(
      'K: candidates process 1/K of the channels, whose number must be a multiple of 4K; published: 4 on CIFAR-10, 2 on ImageNet',
    ),
  alphaStart: z
    .int()
    .min(0)
    .optional()
    .describe(
      'epochs at the start in which the weights alone are trained, fewer than the protocol has; default: 15 or three tenths ' +
        'of the epochs, whichever are fewer; published: 15 of 50 on CIFAR-10, 35 of 50 on ImageNet',
    ),
  ...archOptions({ learningRate: 6e-4 }),
  ...batchNormOptions,
  ...memoryOptions,
  ...collapseOptions,
});

type PcDartsOptions = z.infer<typeof options>;

/**
 * PC-DARTS (Xu et al., ICLR 2020, 1907.05737): DARTS whose candidates process the first 1/K of the channels, the others bypass them, and
 * channels are shuffled; edges have weights, the softmax over the edges into a node; first order, after some epochs of the weights alone.
 * Scores of candidates are the product of both softmaxes, those of edges the largest of these.
 *
 * The paper trains 50 epochs in batches of 256 at learning rates from 0.1 to 0. On NAS-Bench-201, where every edge is kept, the
 * weights of edges affect only the training; the bypassed channels pass every edge there, also those of `none`.
 */
export const pcDarts: Method<PcDartsOptions> = {
  name: 'pc-darts',
  paper: 'Xu et al., ICLR 2020, 1907.05737',
  summary: 'DARTS on a part of the channels, with weights of edges',
  options,
  needs: () => 'supernet',
  start: (problem, settings) =>
    relaxedSearch(problem, {
      method: 'pc-darts',
      collapse: settings,
      stages: [
        () => ({
          supernet: { ...supernetOf(settings), partial: settings.partial },
          archStart: archStartOf(problem, settings),
          begin: (supernet) => ({
            archUpdate: {
              kind: 'first-order',
              rule: edgeNormalizedRule(supernet, problem.space.relaxation.tables),
              archOptimizer: archOptimizerOf(settings),
            },
          }),
        }),
      ],
    }),
};

function archStartOf({ supernet }: Problem, { alphaStart }: PcDartsOptions): number {
  const epochs = supernet?.protocol.epochs ?? 0;
  if (alphaStart === undefined) return Math.min(PUBLISHED_START, Math.floor((3 * epochs) / 10));
  if (alphaStart >= epochs)
    throw new SearchError(
      `pc-darts: alphaStart is ${alphaStart}, wanted fewer than the protocol's ${epochs} epochs; lower it or leave it out`,
    );
  return alphaStart;
}
