import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../../runner/progress/line.js';
import { accuracyText } from '../../../runner/report/text.js';
import type { TransferJob } from '../../../src/nas/transfer/results.js';
import { summarise } from '../../../src/nas/transfer/statistics.js';
import { exampleResults } from './exampleResults.js';

describe('accuracyText', () => {
  it('aligns accuracies, improvements over random cells and reference levels', () => {
    const results = exampleResults({ methods: ['random', 'darts'], sources: ['emoji', '絵文字'], seeds: [0, 1] });
    const accuracies: Record<string, number> = { random0: 0.7, random1: 0.72, darts0: 0.8, darts1: 0.81 };
    const jobs = results.jobs.map((job): TransferJob => ({ ...job, accuracy: accuracies[job.method + job.seed] }));
    const partial = jobs.filter((job) => job.source === 'emoji' || job.seed === 0);
    const text = accuracyText({ ...results, jobs: partial, summary: summarise(partial, results.searches) });
    expect(text.split('\n')).toEqual([
      'mnist: accuracy in %, mean ± standard deviation (runs)',
      '  searched on        random          darts',
      '  emoji              71.0 ± 1.4 (2)  80.5 ± 0.7 (2)',
      '    over random                      +13.4 ± 1.7 %',
      '  絵文字             70.0 (1)        80.0 (1)',
      '    over random                      +14.3 %',
      '  linear classifier  81.4',
      '  chance             11.3',
    ]);
  });

  it('is empty without results, and leaves out what is missing', () => {
    const results = exampleResults({ methods: ['darts'] });
    expect(accuracyText({ ...results, jobs: [], summary: summarise([], []) })).toBe('');
    const text = accuracyText({ ...results, baselines: [] });
    expect(text).not.toContain('over random');
    expect(
      text
        .split('\n')
        .slice(1)
        .every((line) => displayWidth(line) > 20),
    ).toBe(true);
  });
});
