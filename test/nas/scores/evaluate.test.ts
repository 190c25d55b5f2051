import { describe, expect, it } from 'vitest';
import { correlateScores, judgedBy } from '../../../src/nas/scores/correlate.js';
import { evaluateScores, scoreBatch } from '../../../src/nas/scores/evaluate.js';
import { PUBLISHED_CORRELATIONS } from '../../../src/nas/scores/published.js';
import type { Score, ScoreContext } from '../../../src/nas/scores/score.js';
import { SCORE_NAMES, scoreByName } from '../../../src/nas/scores/scores.js';
import { parseCell } from '../../../src/nas/spaces/nasbench201/cell.js';
import { spaceByName } from '../../../src/nas/spaces/spaces.js';
import { sampleSpace } from '../../../src/nas/tables/sample.js';
import type { Measurement, Table } from '../../../src/nas/tables/table.js';

const space = spaceByName('nasbench201');
const test200: Measurement = { set: 'cifar10', split: 'test', epochs: 200, seed: 'mean' };

function scoreOf(name: string, value: number, parts: Partial<Score> = {}): Score {
  return { name, paper: 'none', needs: 'counts', evaluate: async () => value, ...parts };
}

describe('evaluating scores', () => {
  it('converts values that are not finite to null and divides the time of a common pass', async () => {
    let now = 0;
    const slow = scoreOf('first', 1, {
      sharedPass: 'loss',
      evaluate: () => new Promise((resolve) => setTimeout(() => resolve(++now), 30)),
    });
    const scores = [slow, scoreOf('second', Number.NaN, { sharedPass: 'loss' }), scoreOf('other', 1 / 0)];
    const evaluated = await evaluateScores(scores, {} as ScoreContext, undefined);
    expect(evaluated.scores).toEqual({ first: 1, second: null, other: null });
    expect(evaluated.seconds.first).toBe(evaluated.seconds.second);
  });

  it('samples the same distinct architectures with the same seed', () => {
    const drawn = sampleSpace(space, 50, 3);
    expect(new Set(drawn).size).toBe(50);
    expect(sampleSpace(space, 50, 3)).toEqual(drawn);
    expect(sampleSpace(space, 50, 4)).not.toEqual(drawn);
    expect(() => sampleSpace(space, 15_626, 0)).toThrow('wanted at most the 15625 architectures of nasbench201');
  });

  it('normalises a batch by the statistics of its split', () => {
    const split = {
      count: 4,
      pixels: Uint8Array.of(0, 0, 0, 0, 255, 255, 255, 255),
      labels: Uint16Array.of(0, 1, 2, 3),
    };
    const { images, labels } = scoreBatch(split, { height: 2, width: 1, channels: 1 }, { batch: 4, seed: 0 });
    expect([...labels].sort()).toEqual([0, 1, 2, 3]);
    labels.forEach((label, i) => {
      expect([...images.subarray(2 * i, 2 * i + 2)]).toEqual(label < 2 ? [-1, -1] : [1, 1]);
    });
    expect(() => scoreBatch(split, { height: 2, width: 1, channels: 1 }, { batch: 5, seed: 0 })).toThrow(
      'got a batch of 5 of 4 images',
    );
  });
});

describe('correlations of scores', () => {
  const cell = (accuracy: number, values: Readonly<Record<string, number | null>>) => ({
    architecture: '',
    accuracies: [{ measurement: test200, accuracy }],
    scores: values,
    seconds: { synflow: 1, ntk: 2 },
  });
  const cells = [
    cell(90, { synflow: 1, ntk: 1 }),
    cell(91, { synflow: 3, ntk: null }),
    cell(92, { synflow: 2, ntk: 2 }),
    cell(93, { synflow: 4, ntk: 3 }),
  ];
  const scores = [scoreByName('synflow'), scoreByName('ntk')];

  it('change sign if lower is better and omit cells without the score', () => {
    const [synflow, ntk] = correlateScores(scores, [test200], cells, 'nasbench201');
    // Ranks 1 3 2 4 against 1 2 3 4: 1 - 6 * 2 / (4 * 15); one of six pairs is discordant.
    expect(synflow.spearman).toBeCloseTo(0.8, 12);
    expect(synflow.kendall).toBeCloseTo(4 / 6, 12);
    expect(synflow.published?.spearman).toBe(0.776);
    expect(ntk).toMatchObject({ spearman: -1, kendall: -1, count: 3, seconds: { mean: 2 } });
    expect(ntk.published).toBeUndefined();
  });

  it('have no published reference value in another space or after other training', () => {
    expect(correlateScores(scores, [test200], cells, 'other')[0].published).toBeUndefined();
    expect(correlateScores(scores, [{ ...test200, epochs: 12 }], cells, 'nasbench201')[0].published).toBeUndefined();
  });

  it('use the test accuracy of the longest training, the mean over seeds if there is one', () => {
    const measurements: Measurement[] = [
      { ...test200, epochs: 12, seed: 'one' },
      { ...test200, seed: 'one' },
      test200,
      { ...test200, split: 'validation' },
      { ...test200, set: 'cifar100', seed: 'one' },
    ];
    expect(judgedBy({ measurements } as unknown as Table)).toEqual([
      test200,
      { ...test200, set: 'cifar100', seed: 'one' },
    ]);
  });

  it('have published values only for existing scores', () => {
    for (const { score, spearman } of PUBLISHED_CORRELATIONS) {
      expect(SCORE_NAMES).toContain(score);
      expect(spearman).toBeGreaterThan(0.3);
      expect(spearman).toBeLessThan(0.85);
    }
  });

  it('count the costs of the published network', async () => {
    const settings = { channels: 16, cells: 5, classes: 10, size: 32, imageChannels: 3 };
    const context = { space, settings } as ScoreContext;
    const cell = parseCell('|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|');
    expect(await scoreByName('parameters').evaluate(context, cell)).toBe(559386);
    expect(await scoreByName('flops').evaluate(context, cell)).toBe(79.582912);
  });
});
