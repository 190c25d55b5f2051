import { describe, expect, it } from 'vitest';
import { expectedRange, findings, verdict } from '../../../runner/report/verdict.js';
import { Random } from '../../../src/engine/random/random.js';
import type { StudyResults, TransferJob } from '../../../src/nas/transfer/results.js';
import { summarise } from '../../../src/nas/transfer/statistics.js';
import { exampleResults } from './exampleResults.js';

/** Results whose accuracies are given: method -> accuracies by seed, from one source to one target. */
function withAccuracies(accuracies: Record<string, readonly number[]>): StudyResults {
  const methods = Object.keys(accuracies);
  const seeds = accuracies[methods[0]].map((_, seed) => seed);
  const results = exampleResults({ methods, sources: ['emoji'], targets: ['mnist'], seeds });
  const jobs = results.jobs.map((job): TransferJob => ({ ...job, accuracy: accuracies[job.method][job.seed] }));
  return { ...results, jobs, summary: summarise(jobs, results.searches) };
}

describe('verdict', () => {
  it('states that nothing is shown without trained networks', () => {
    const empty = { ...exampleResults(), jobs: [], summary: summarise([], []) };
    expect(verdict(empty)).toMatch(/^No network has been trained yet/);
  });

  it('states that a single seed can show no difference', () => {
    expect(verdict(exampleResults({ seeds: [4] }))).toMatch(/^With a single seed, differences/);
  });

  it('names the method that beats random cells by more than a standard error, and how often chance would', () => {
    const sentence = verdict(withAccuracies({ random: [0.7, 0.72, 0.71], darts: [0.8, 0.81, 0.79] }));
    expect(sentence).toContain('With 3 seeds per point');
    expect(sentence).toContain(
      '1 of 1 combination of method, source and target beats random cells by more than one standard error',
    );
    // (0.8 - 0.71) / 0.71 = 12.7 %; error 100 * hypot(0.01, 0.8 / 0.71 * 0.01) / sqrt(3) / 0.71 = 1.2 %.
    expect(sentence).toContain(
      'best: darts from emoji on mnist, +12.7 ± 1.2 %; about one in five is expected by chance',
    );
    // Standard deviation 0.01 over seeds, range 1.128 of two: 0.65 points between means of three.
    expect(sentence).toContain('differ by up to 9.0 points; noise between seeds explains about 0.7');
  });

  it('states if nothing beats random cells, if methods differ no more than seeds, and if some are worse', () => {
    const level = verdict(withAccuracies({ random: [0.7, 0.76], darts: [0.71, 0.77] }));
    expect(level).toContain('none of 1 combination of method, source and target beats random cells');
    expect(level).toContain('differ by up to 1.0 points, no more than the 3.4 that noise between seeds explains');
    const worse = verdict(withAccuracies({ random: [0.7, 0.71], darts: [0.5, 0.51], evolution: [0.6, 0.61] }));
    expect(worse).toContain(
      'none of 2 combinations of method, source and target beats random cells by more than one standard error, 2 fall as far below',
    );
  });

  it('states that search was not compared if no random cells were trained', () => {
    expect(verdict(exampleResults({ methods: ['darts'] }))).toContain(
      'it is not shown whether search beats random cells',
    );
  });

  it('is one sentence', () => {
    for (const options of [{}, { seeds: [0] }, { methods: ['darts'] }, { targets: ['mnist', 'emoji'], seeds: [0, 1] }])
      expect(verdict(exampleResults(options)).match(/\.(\s|$)/g)).toHaveLength(1);
  });
});

describe('findings', () => {
  it('compare the best mean and all networks with the reference levels of the target', () => {
    const results = withAccuracies({ random: [0.7, 0.9], darts: [0.85, 0.87] });
    expect(findings(results)[0]).toBe(
      'On mnist the highest mean accuracy is 86.0 ± 1.4 % (darts from emoji); a linear classifier reaches 81.4 %, guessing 11.3 %, and 3 of 4 of the trained networks lie above both.',
    );
  });

  it('state how reliable the order of methods between two sources is', () => {
    const [, order] = findings(exampleResults());
    expect(order).toMatch(/^The rankings of 3 methods on mnist, searched on emoji or on fashion-mnist, agree/);
    expect(order).toMatch(/with probability (17|50|83|100) %\.$/);
  });

  it('state how much of the study is missing', () => {
    const results = exampleResults();
    const jobs = results.jobs.slice(0, 13);
    const partial = { ...results, jobs, summary: summarise(jobs, results.searches) };
    expect(findings(partial).at(-1)).toMatch(/^5 of 18 combinations .* have no result/);
  });
});

describe('expectedRange', () => {
  it('is the mean range of normal values', () => {
    const random = new Random(5, 'range');
    for (const count of [2, 3, 6, 10]) {
      let sum = 0;
      for (let draw = 0; draw < 4000; draw++) {
        const values = Array.from({ length: count }, () => random.normal());
        sum += Math.max(...values) - Math.min(...values);
      }
      // The range's standard deviation is below 0.9, so the mean of 4000 has a standard error below 0.015.
      expect(Math.abs(sum / 4000 - expectedRange(count))).toBeLessThan(0.06);
    }
  });
});
