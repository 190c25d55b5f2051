import { kendallTauB } from '../math/kendall.js';
import { spearman } from '../math/spearman.js';
import { spread } from '../math/spread.js';
import type { ScoreResults } from '../tables/results.js';
import type { Measurement, Table } from '../tables/table.js';
import { PUBLISHED_CORRELATIONS } from './published.js';
import type { Score } from './score.js';

type Cells = ScoreResults['cells'];

/** For every set the test accuracy after the longest training, as the mean over seeds where the table has it. */
export function judgedBy({ measurements }: Table): Measurement[] {
  const tests = measurements.filter(({ split }) => split === 'test');
  return [...new Set(tests.map(({ set }) => set))].map((set) => {
    const ofSet = tests.filter((test) => test.set === set);
    const longest = ofSet.filter(({ epochs }) => epochs === Math.max(...ofSet.map((test) => test.epochs)));
    return longest.find(({ seed }) => seed === 'mean') ?? longest[0];
  });
}

/**
 * Rank correlations of scores with accuracies, over the cells that have both. For scores where lower is better the sign is
 * flipped, so that a positive correlation always means that the score finds good architectures.
 * @param cells with accuracies
 */
export function correlateScores(
  scores: readonly Score[],
  measurements: readonly Measurement[],
  cells: Cells,
  space: string,
): ScoreResults['correlations'] {
  return scores.flatMap(({ name, lowerIsBetter }) => {
    const sign = lowerIsBetter ? -1 : 1;
    const seconds = cells.flatMap((cell) => cell.seconds[name] ?? []);
    return measurements.map((measurement, i) => {
      const pairs = cells.flatMap(({ scores, accuracies }) => {
        const [score, accuracy] = [scores[name], accuracies?.[i].accuracy];
        return score === null || score === undefined || accuracy === undefined || Number.isNaN(accuracy)
          ? []
          : [[sign * score, accuracy]];
      });
      const [x, y] = [pairs.map(([score]) => score), pairs.map(([, accuracy]) => accuracy)];
      const published = PUBLISHED_CORRELATIONS.find(
        (one) =>
          one.space === space && one.epochs === measurement.epochs && one.score === name && one.set === measurement.set,
      );
      return {
        score: name,
        measurement,
        spearman: spearman(x, y),
        kendall: kendallTauB(x, y),
        count: pairs.length,
        seconds: spread(seconds),
        ...(published ? { published: { spearman: published.spearman, source: published.source } } : {}),
      };
    });
  });
}
