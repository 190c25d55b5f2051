import { z } from 'zod';
import { SearchError } from '../../../search/errors.js';
import type { Method } from '../../../search/method.js';
import type { Problem } from '../../../search/problem.js';
import { memoryOptions } from '../../shared/memoryOptions.js';
import { archOptimizerOf, archOptions, batchNormOptions, supernetOf } from '../archOptions.js';
import { collapseOptions } from '../collapse.js';
import { relaxedSearch } from '../relaxedSearch.js';
import { droppedSkipRule } from './skipDropout.js';
import { publishedShares, switchesAfter } from './switches.js';

const STAGES = 3;

/** Largest norm of the gradient of the architecture parameters (P-DARTS' code). */
const CLIP_NORM = 5;

const options = z.strictObject({
  depths: z
    .array(z.int().min(1))
    .length(STAGES)
    .optional()
    .describe(
      'cells of the three stages; default: the published 5, 11 and 17 on the DARTS space, those of the protocol on others',
    ),
  dropped: z
    .array(z.int().min(0))
    .length(STAGES - 1)
    .optional()
    .describe(
      'candidates removed from every edge after the first and the second stage; default: the ' +
        'published 3 and 2 of 8, and as large a part of fewer',
    ),
  weightsShare: z
    .number()
    .min(0)
    .lt(1)
    .default(0.4)
    .describe("part of a stage's epochs, at its start, in which the weights alone are trained; published: 10 of 25"),
  skipDropout: z
    .array(z.number().min(0).lt(1))
    .length(STAGES)
    .default([0.1, 0.4, 0.7])
    .describe('rates of drop-out on skip connections at the start of the three stages; it shrinks from epoch to epoch'),
  ...archOptions({ learningRate: 6e-4 }),
  ...batchNormOptions,
  ...memoryOptions,
  ...collapseOptions,
  maxSkips: z
    .int()
    .min(0)
    .default(2)
    .describe(
      'largest number of skip connections in the normal cell: the weakest are excluded, and the cell is derived again',
    ),
});

type PDartsOptions = z.infer<typeof options>;

/**
 * P-DARTS (Chen et al., ICCV 2019, 1904.12760): three stages of first-order DARTS, each on a new and deeper supernet with the
 * candidates that were strongest in the one before; drop-out on skip connections, and at most two of them in the normal cell.
 * Each stage trains the protocol's epochs, so that a search has three times as many.
 *
 * The paper trains 25 epochs a stage in batches of 96 at learning rates from 0.025 to 0. Its drop-out draws a mask for every edge,
 * here edges from the same node share it; among equally strong edges it keeps the later, here the earlier. Where a space has `none`
 * among its operations (NAS-Bench-201), `none` may be derived.
 */
export const pDarts: Method<PDartsOptions> = {
  name: 'p-darts',
  paper: 'Chen et al., ICCV 2019, 1904.12760',
  summary: 'DARTS in three stages, deeper each time and with fewer candidates',
  options,
  needs: () => 'supernet',
  start: (problem, settings) => {
    const { tables } = problem.space.relaxation;
    const { epochs, cells } = problem.supernet?.protocol ?? { epochs: 0, cells: 0 };
    const dropped = droppedOf(problem, settings);
    const depths = settings.depths ?? problem.space.sizes.progressiveCells ?? [cells, cells, cells];
    const archStart = Math.floor(settings.weightsShare * epochs);
    return relaxedSearch(problem, {
      method: 'p-darts',
      collapse: settings,
      stages: depths.map((stageCells, index) => (ended) => {
        const operationScores = ended.map((stage) => stage.operationScores);
        const candidates = switchesAfter(tables, operationScores, dropped);
        const dropout = { initial: settings.skipDropout[index], archStart, seed: problem.seed };
        return {
          supernet: { ...supernetOf(settings), candidates },
          sizes: { cells: stageCells },
          archStart,
          begin: (supernet) => ({
            archUpdate: {
              kind: 'first-order',
              rule: droppedSkipRule(supernet, candidates, dropout),
              archOptimizer: { ...archOptimizerOf(settings), clipNorm: CLIP_NORM },
            },
          }),
        };
      }),
    });
  },
};

function droppedOf({ space }: Problem, options: PDartsOptions): readonly number[] {
  const { operations } = space.relaxation.tables[0];
  const dropped = options.dropped ?? publishedShares(operations.length);
  const left = operations.length - dropped.reduce((a, b) => a + b, 0);
  if (left < 2)
    throw new SearchError(
      `p-darts: dropped is ${dropped.join(', ')}, which leaves ${left} of ${operations.length} candidates to the last stage, ` +
        'wanted two or more; drop fewer',
    );
  return dropped;
}
