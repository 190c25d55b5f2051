import { z } from 'zod';
import type { AlphaOptimizer } from '../training/bilevelOptions.js';
import { softmaxRule } from '../training/relaxedRule.js';
import { collapseOptions } from './collapse.js';
import { memoryOptions } from './memoryOptions.js';
import type { Method } from './method.js';
import { relaxedSearch } from './relaxedSearch.js';

/** Options of every method that trains architecture parameters by Adam, with given defaults. */
export const alphaOptions = ({
  learningRate = 3e-4,
  beta1 = 0.5,
}: {
  readonly learningRate?: number;
  readonly beta1?: number;
} = {}) => ({
  alphaLearningRate: z
    .number()
    .gt(0)
    .default(learningRate)
    .describe('learning rate of Adam on the architecture parameters'),
  alphaBeta1: z.number().min(0).lt(1).default(beta1).describe('decay of the first moment'),
  alphaBeta2: z.number().min(0).lt(1).default(0.999).describe('decay of the second moment'),
  alphaWeightDecay: z.number().min(0).default(1e-3).describe('coupled weight decay of the architecture parameters'),
});

/** What `alphaOptions` stand for. */
export function alphaOptimizerOf(options: {
  readonly alphaLearningRate: number;
  readonly alphaBeta1: number;
  readonly alphaBeta2: number;
  readonly alphaWeightDecay: number;
}): AlphaOptimizer {
  return {
    learningRate: options.alphaLearningRate,
    beta1: options.alphaBeta1,
    beta2: options.alphaBeta2,
    weightDecay: options.alphaWeightDecay,
  };
}

/** Options of every method on a supernet whose candidates are all computed. */
export const batchNormOptions = {
  batchNorm: z
    .enum(['batch', 'running'])
    .default('batch')
    .describe(
      'batch: candidates are always normalised by the batch; running: running averages are kept for evaluation',
    ),
  affine: z.boolean().default(false).describe('scale and shift of batch norm in the candidates'),
};

const options = z.strictObject({
  order: z
    .enum(['first', 'second'])
    .default('first')
    .describe(
      'first: at the weights as they are; second: at the weights after one more step, four passes in place of one',
    ),
  ...alphaOptions(),
  ...batchNormOptions,
  ...collapseOptions,
  ...memoryOptions,
});

/**
 * DARTS (Liu, Simonyan and Yang, ICLR 2019, 1806.09055): all candidates of all edges mixed by the softmax of architecture
 * parameters, which are trained beside the weights; at the end the strongest candidates stay.
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
      stages: 1,
      collapse: settings,
      stage: () => ({
        supernet: { affine: settings.affine, batchNorm: settings.batchNorm, checkpoint: settings.checkpoint },
        rule: softmaxRule,
        alphaOptimizer: alphaOptimizerOf(settings),
        order: settings.order,
      }),
    }),
};
