import { describe, expect, it } from 'vitest';
import { opening } from '../../../runner/report/opening.js';
import type { StudyResults, TransferJob } from '../../../src/nas/transfer/results.js';
import { summarise } from '../../../src/nas/transfer/statistics.js';
import { exampleResults } from './exampleResults.js';

/** Results whose accuracies are given: method -> source -> accuracies by seed. */
function withAccuracies(accuracies: Record<string, Record<string, readonly number[]>>): StudyResults {
  const methods = Object.keys(accuracies);
  const sources = Object.keys(accuracies[methods[0]]);
  const seeds = accuracies[methods[0]][sources[0]].map((_, seed) => seed);
  const results = exampleResults({ methods, sources, targets: ['mnist'], seeds });
  const jobs = results.jobs.map(
    (job): TransferJob => ({ ...job, accuracy: accuracies[job.method][job.source][job.seed] }),
  );
  return { ...results, jobs, summary: summarise(jobs, results.searches) };
}

describe('the summary of a study for newcomers', () => {
  it('states what was searched, the best cell relative to a linear classifier, random cells, the sources and what is not shown', () => {
    const results = withAccuracies({
      random: { emoji: [0.8, 0.82], digits: [0.81, 0.83] },
      darts: { emoji: [0.9, 0.91], digits: [0.92, 0.93] },
    });
    const [searched, best, random, source, limit, ...rest] = opening(results);
    expect(rest).toEqual([]);
    expect(searched).toBe(
      '2 methods (random and darts) searched the space nasbench201 on emoji and digits, with seeds 0 and 1; the cells found were trained from scratch on mnist.',
    );
    const { architecture } = results.jobs.find((job) => job.accuracy === 0.93)!;
    expect(best).toBe(
      `The best cell on mnist reached 93.0 %, 11.6 points above a linear classifier (81.4 %): ${architecture}, which darts found on digits with seed 1.`,
    );
    // Means 0.915 and 0.815; standard deviations 0.0129 of four values each, so that the error is 0.0091.
    expect(random).toContain('searched cells reached 91.5 ± 1.3 % on average, random cells 81.5 ± 1.3 %');
    expect(random).toContain('10.0 points, more than noise (twice its standard error is 1.8)');
    // 0.925 - 0.905 with standard deviations of 0.0071 of two values: twice the error is 0.0141.
    expect(source).toContain('Cells searched on digits reached 92.5 ± 0.7 % on mnist, those on emoji 90.5 ± 0.7 %');
    expect(source).toContain('2.0 points, more than noise (twice its standard error is 1.4)');
    // Variances 0.0002, 0.0002, 0.00005, 0.00005: pooled 0.0112, twice that with two seeds.
    expect(limit).toContain('with 2 seeds, two methods on one source must differ by about 2.2 points');
  });

  it('states that nothing is shown if chance may explain the differences, and if a cell is below the linear classifier', () => {
    const sentences = opening(
      withAccuracies({
        random: { emoji: [0.5, 0.7], digits: [0.7, 0.5] },
        darts: { emoji: [0.6, 0.72], digits: [0.75, 0.55] },
      }),
    ).join('\n');
    expect(sentences).toContain('6.4 points below a linear classifier');
    expect(sentences).toContain('no effect of search is shown');
    expect(sentences).toContain('no effect of the source is shown');
  });

  it('has the notes of the study, and states that a single seed shows nothing', () => {
    expect(opening({ ...exampleResults(), notes: ['A note.'] }).at(-1)).toBe('A note.');
    expect(opening(exampleResults({ seeds: [3] })).join('\n')).toContain(
      'With a single seed, differences cannot be distinguished from noise. Run more seeds',
    );
  });

  it('omits random cells and sources if there are none to compare', () => {
    const sentences = opening(exampleResults({ methods: ['darts'], sources: ['emoji'] }));
    expect(sentences.join('\n')).not.toMatch(/random cells|Cells searched on/);
  });

  it('has no sentences on accuracies if nothing was trained', () => {
    expect(opening({ ...exampleResults(), jobs: [], summary: summarise([], []) })).toEqual([]);
  });
});
