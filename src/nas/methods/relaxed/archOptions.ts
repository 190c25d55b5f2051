import { z } from 'zod';
import type { SupernetOptions } from '../../networks/classifier.js';
import type { ArchOptimizer } from '../../training/bilevel/bilevelOptions.js';

/** Options of every method that trains architecture parameters by Adam, with given defaults. */
export const archOptions = ({
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

/** The optimiser that `archOptions` describe. */
export function archOptimizerOf(options: {
  readonly alphaLearningRate: number;
  readonly alphaBeta1: number;
  readonly alphaBeta2: number;
  readonly alphaWeightDecay: number;
}): ArchOptimizer {
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

/** The supernet that `batchNormOptions` and `memoryOptions` describe. */
export function supernetOf({ affine, batchNorm, checkpoint }: SupernetOptions): SupernetOptions {
  return { affine, batchNorm, checkpoint };
}
