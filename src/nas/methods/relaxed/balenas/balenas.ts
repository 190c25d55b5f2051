import { z } from 'zod';
import { scoreBatch } from '../../../scores/evaluate.js';
import type { ScoreContext } from '../../../scores/score.js';
import { scoreByName } from '../../../scores/scores.js';
import type { Method } from '../../../search/method.js';
import type { Problem, SupernetContext } from '../../../search/problem.js';
import { deriveArchitecture } from '../../shared/derivation.js';
import { memoryOptions } from '../../shared/memoryOptions.js';
import { batchNormOptions, supernetOf } from '../archOptions.js';
import { collapseOptions } from '../collapse.js';
import { relaxedSearch } from '../relaxedSearch.js';
import { gaussianRule } from './gaussianRule.js';
import { bestByScores, sampleArchitectures } from './trainingFree.js';

/** Images of the batch on which scores are computed. */
const SCORE_IMAGES = 64;

const SCORES = { synflow: ['synflow'], naswot: ['naswot'], 'ntk-linear-regions': ['ntk', 'linear-regions'] } as const;

const options = z.strictObject({
  alphaLearningRate: z.number().gt(0).default(3e-4).describe('learning rate of the means'),
  alphaBeta1: z.number().min(0).lt(1).default(0.5).describe('decay of the first moment'),
  alphaBeta2: z.number().min(0).lt(1).default(0.999).describe('decay of the second moment'),
  priorPrecision: z.number().gt(0).default(1).describe('precision of the prior of architecture parameters'),
  selection: z
    .enum(['mean', 'training-free'])
    .default('mean')
    .describe('mean: the strongest candidates of the means; training-free: the best of samples by a zero-cost score'),
  samples: z.number().int().min(1).default(100).describe('architectures sampled by training-free selection'),
  score: z
    .enum(['synflow', 'naswot', 'ntk-linear-regions'])
    .default('ntk-linear-regions')
    .describe('what training-free selection ranks by; ntk-linear-regions: the sum of the ranks by both'),
  // No Hessian: at a single sample it is meaningless.
  stopSkips: collapseOptions.stopSkips,
  maxSkips: collapseOptions.maxSkips,
  ...batchNormOptions,
  ...memoryOptions,
});

type Options = z.infer<typeof options>;

function scoreContext(problem: Problem, { engine, protocol, source }: SupernetContext): ScoreContext {
  const { channels, cells, imageSize: size, imageChannels } = protocol;
  const batch = Math.min(SCORE_IMAGES, source.trainSplit.count);
  return {
    engine,
    space: problem.space,
    settings: { channels, cells, classes: source.classes.length, size, imageChannels },
    ...scoreBatch(source.trainSplit, source, { batch, seed: problem.seed }),
  };
}

/**
 * BaLeNAS (Zhang et al., CVPR 2022, 2111.13204): architecture parameters are normal distributions, updated by natural gradients
 * (Vadam) of the loss at one sample a step; the architecture is derived from the means. BaLeNAS-TF, `selection`
 * training-free: the best of architectures sampled from the distributions, by scores of untrained networks.
 *
 * The loop is that of first-order DARTS. The paper's code is not public: learning rate and decays are those of DARTS, the update is
 * Vadam with one sample a step as its authors publish it, both updates use samples, and the scores and the number of samples of
 * BaLeNAS-TF are choices made here.
 */
export const balenas: Method<Options> = {
  name: 'balenas',
  paper: 'Zhang et al., CVPR 2022, 2111.13204',
  summary: 'normal distributions of architecture parameters, updated by natural gradients',
  options,
  needs: () => 'supernet',
  start: (problem, settings) =>
    relaxedSearch(problem, {
      method: 'balenas',
      collapse: settings,
      stages: [
        () => ({
          supernet: supernetOf(settings),
          begin: (supernet, context) => {
            const rule = gaussianRule(context.engine, supernet, problem.seed, {
              learningRate: settings.alphaLearningRate,
              beta1: settings.alphaBeta1,
              beta2: settings.alphaBeta2,
              priorPrecision: settings.priorPrecision,
              examples: context.source.validationSplit.count,
            });
            return {
              archUpdate: { kind: 'self', rule },
              derive(operationScores, { parameters: means }) {
                const { space, seed } = problem;
                if (settings.selection === 'mean') return deriveArchitecture(space.relaxation, operationScores);
                const distribution = { means, deviations: rule.deviations() };
                const architectures = sampleArchitectures(space, distribution, settings.samples, seed);
                const scores = SCORES[settings.score].map(scoreByName);
                return bestByScores(architectures, scores, scoreContext(problem, context));
              },
            };
          },
        }),
      ],
    }),
};
