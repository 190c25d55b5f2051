import { Random } from '../../../../engine/random/random.js';
import { evaluateScores } from '../../../scores/evaluate.js';
import type { Score, ScoreContext } from '../../../scores/score.js';
import type { Space } from '../../../spaces/shared/space.js';
import { softmaxRows } from '../../../training/bilevel/relaxedRule.js';
import { deriveSelection } from '../../shared/derivation.js';

/** Normal distributions of architecture parameters: means and standard deviations, a table [edges, operations] each. */
export interface AlphaDistribution {
  readonly means: readonly Float32Array[];
  readonly deviations: readonly Float32Array[];
}

/** Architectures derived from samples of the parameters, in order of sampling, without duplicates. */
export function sampleArchitectures(
  space: Space,
  { means, deviations }: AlphaDistribution,
  samples: number,
  seed: number,
): unknown[] {
  const random = new Random(seed, 'balenas architectures');
  const { tables, architecture } = space.relaxation;
  const drawn = new Map<string, unknown>();
  for (let i = 0; i < samples; i++) {
    const operationScores = means.map((table, t) => {
      const sample = table.map((mean, k) => mean + deviations[t][k] * random.normal());
      return softmaxRows(sample, tables[t].operations.length);
    });
    const one = architecture(deriveSelection(tables, operationScores));
    const text = space.format(one);
    if (!drawn.has(text)) drawn.set(text, one);
  }
  return [...drawn.values()];
}

/**
 * The sum of each candidate's ranks by several scores, 0 the best. Ties share the better rank; an undefined score ranks last.
 */
export function rankSums(
  values: readonly (readonly (number | null)[])[],
  scores: readonly Pick<Score, 'lowerIsBetter'>[],
): number[] {
  const goodness = values.map((row) =>
    row.map((value, s) => (value === null ? Number.NEGATIVE_INFINITY : scores[s].lowerIsBetter ? -value : value)),
  );
  return goodness.map((row) =>
    row.reduce((sum, mine, s) => sum + goodness.filter((other) => other[s] > mine).length, 0),
  );
}

/** The architecture of the lowest sum of ranks by some scores of untrained networks, the first of equals. */
export async function bestByScores(
  architectures: readonly unknown[],
  scores: readonly Score[],
  context: ScoreContext,
  onScored?: (done: number) => void,
): Promise<unknown> {
  const values: (number | null)[][] = [];
  for (const architecture of architectures) {
    const each = (await evaluateScores(scores, context, architecture)).scores;
    values.push(scores.map(({ name }) => each[name]));
    onScored?.(values.length);
  }
  const sums = rankSums(values, scores);
  return architectures[sums.indexOf(Math.min(...sums))];
}
