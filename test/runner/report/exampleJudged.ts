import { spaceByName } from '../../../src/nas/spaces/spaces.js';
import { judgedCells } from '../../../src/nas/transfer/judgedCells.js';
import type { StudyReference, StudyResults } from '../../../src/nas/transfer/results.js';
import { foundSkips } from '../../../src/nas/transfer/skips.js';
import { exampleResults } from './exampleResults.js';

const TARGETS = ['cifar10', 'a <b> & c'];

/** The example as if it had been evaluated on a table of a thousand architectures. */
export function judgedResults(): StudyResults {
  const example = exampleResults({ targets: TARGETS, name: 'judged' });
  const jobs = example.jobs.map(({ loss, ...job }) => ({
    ...job,
    epochs: [],
    rank: 1 + Math.round(1000 * (1 - job.accuracy)),
  }));
  const references = TARGETS.flatMap((target): StudyReference[] => [
    { name: 'optimum', target, accuracy: 0.95, rank: 1, architecture: jobs[0].architecture, description: 'the best' },
    { name: 'random-mean', target, accuracy: 0.6, deviation: 0.05, count: 1000, description: 'the mean' },
  ]);
  return {
    ...example,
    jobs,
    targets: [],
    baselines: [],
    references,
    judge: {
      table: 'thousand',
      epochs: 200,
      size: 1000,
      measurements: TARGETS.map((target) => ({ target, accuracy: `test accuracy on ${target}` })),
    },
    summary: {
      ...example.summary,
      judged: judgedCells(jobs, references, 1000),
      skips: foundSkips(spaceByName('nasbench201'), example.searches),
    },
  };
}
