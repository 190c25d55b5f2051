import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../../src/engine/random/random.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import {
  drawSelection,
  logProbability,
  mostProbable,
  setn,
  uniformRule,
  uniformSelection,
} from '../../../../src/nas/methods/relaxed/setn.js';
import { nasbench201 } from '../../../../src/nas/spaces/nasbench201/space.js';
import type { RelaxedTable, Space } from '../../../../src/nas/spaces/shared/space.js';
import { spaceByName } from '../../../../src/nas/spaces/spaces.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { searchToy } from '../toySpace.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const cells = nasbench201 as Space;
const settings = { channels: 4, cells: 1, classes: 4, size: 8, imageChannels: 1 };

describe('the architectures that SETN trains', () => {
  it('have no node whose inputs are all none, and are uniform otherwise', () => {
    const random = new Random(1, 'cells');
    const DRAWS = 20_000;
    const first = [0, 0, 0, 0, 0];
    let noneIntoSecond = 0;
    let unreached = 0;
    for (let i = 0; i < DRAWS; i++) {
      const [rows] = uniformSelection(cells, random);
      const [[a], [b], [c], [d], [e], [f]] = rows;
      unreached += Number(a === 0 || b + c === 0 || d + e + f === 0);
      first[a]++;
      noneIntoSecond += Number(b === 0);
    }
    expect(unreached).toBe(0);
    const chiSquare = first.slice(1).reduce((sum, count) => sum + (count - DRAWS / 4) ** 2 / (DRAWS / 4), 0);
    // Three degrees of freedom, probability 0.001 (table).
    expect(chiSquare).toBeLessThan(16.266);
    // Of the 24 pairs into the second node four have `none` on the first edge; five standard errors.
    const p = 4 / 24;
    expect(Math.abs(noneIntoSecond / DRAWS - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / DRAWS));
  });

  it('are used for the weights; the architecture parameters see all candidates', () => {
    const supernet = nasbench201.supernet(settings, { affine: false, batchNorm: 'batch', gated: true });
    const rule = uniformRule(supernet, cells, 3);
    const place = { step: 2, steps: 4, epoch: 0, epochs: 1 };
    const feeds = rule.feeds?.({ ...place, part: 'weights' }) as Record<string, Float32Array>;
    const { 'weights/alpha': path } = feeds;
    for (let edge = 0; edge < 6; edge++)
      expect([...path.subarray(edge * 5, edge * 5 + 5)].sort()).toEqual([0, 0, 0, 0, 1]);
    expect(rule.feeds?.({ ...place, part: 'weights' })).toEqual(feeds);
    expect(rule.feeds?.({ ...place, part: 'alphas' })).toEqual({ 'alphas/alpha': new Float32Array(30).fill(1) });
  });
});

describe('the ranking of SETN', () => {
  /** Probabilities that differ on one edge only; the others have an operation almost surely. */
  const operationScores = () => {
    const table = new Float32Array(30);
    const sure = 0.96;
    for (let edge = 0; edge < 6; edge++) for (let o = 0; o < 5; o++) table[edge * 5 + o] = o === 3 ? sure : 0.01;
    table.set([0.1, 0.3, 0.2, 0.15, 0.25], 2 * 5);
    return table;
  };

  it('is by the sum of the logarithms of probabilities', () => {
    const [best, second, third, fourth, fifth, sixth] = mostProbable(cells, [operationScores()], {
      count: 6,
      samples: 1,
      seed: 1,
    });
    const text = (edge: string) =>
      `|nor_conv_3x3~0|+|nor_conv_3x3~0|${edge}~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|`;
    const names = ['skip_connect', 'avg_pool_3x3', 'nor_conv_1x1', 'nor_conv_3x3', 'none'];
    expect([best, second, third, fourth, fifth].map((each) => cells.format(each))).toEqual(names.map(text));
    // A sixth replaces a certain edge: 0.01 * 0.3 is less than 0.96 * 0.1.
    expect(cells.format(sixth)).toMatch(/skip_connect~1/);
    const { tables, selection } = cells.relaxation;
    const value = logProbability(tables, selection(best), [operationScores()]);
    expect(value).toBeCloseTo(5 * Math.log(0.96) + Math.log(0.3), 5);
  });

  it('samples by the probabilities of candidates from spaces that are too large to enumerate', () => {
    const { tables } = cells.relaxation;
    const table = operationScores();
    const random = new Random(5, 'samples');
    const DRAWS = 20_000;
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < DRAWS; i++) counts[drawSelection(tables, [table], random)[0][2][0]]++;
    const chiSquare = counts.reduce(
      (sum, count, o) => sum + (count - DRAWS * table[10 + o]) ** 2 / (DRAWS * table[10 + o]),
      0,
    );
    // Four degrees of freedom, probability 0.001 (table).
    expect(chiSquare).toBeLessThan(18.467);
  });

  it('samples the edges of a node without replacement', () => {
    // Three edges into one node, of which two are kept, each with one operation; the edges' odds are 5, 3 and 2.
    const table: RelaxedTable = {
      name: 'cell',
      edges: [
        [0, 3],
        [1, 3],
        [2, 3],
      ],
      operations: ['none', 'conv'],
      kept: 2,
    };
    const odds = Float32Array.from([0.5, 0.5, 0.7, 0.3, 0.8, 0.2]);
    const random = new Random(6, 'samples');
    const DRAWS = 20_000;
    const left = [0, 0, 0];
    for (let i = 0; i < DRAWS; i++)
      left[drawSelection([table], [odds], random)[0].findIndex((row) => row.length === 0)]++;
    // The third is omitted if the samples are first, second or second, first: 5/10 * 3/5 + 3/10 * 5/7; and so on.
    const wanted = [0.3 * (2 / 7) + 0.2 * (3 / 8), 0.5 * (2 / 5) + 0.2 * (5 / 8), 0.5 * (3 / 5) + 0.3 * (5 / 7)];
    const chiSquare = left.reduce((sum, count, i) => sum + (count - DRAWS * wanted[i]) ** 2 / (DRAWS * wanted[i]), 0);
    // Two degrees of freedom, probability 0.001 (table).
    expect(chiSquare).toBeLessThan(13.816);
  });

  it('has no architecture of the DARTS space twice, and the most probable first', () => {
    const space = spaceByName('darts');
    const { tables, selection } = space.relaxation;
    const random = new Random(9, 'operationScores');
    const operationScores = tables.map(({ edges }) =>
      Float32Array.from({ length: edges.length * 8 }, () => (1 + random.uniform()) / 12),
    );
    const ranked = mostProbable(space, operationScores, { count: 20, samples: 60, seed: 2 });
    expect(new Set(ranked.map((each) => space.format(each))).size).toBe(20);
    const values = ranked.map((each) => logProbability(tables, selection(each), operationScores));
    expect(values).toEqual(values.toSorted((a, b) => b - a));
  });
});

describe('SETN', () => {
  it('finds the planted optimum of a toy problem by its probabilities', async () => {
    let found = 0;
    for (let seed = 0; seed < 6; seed++)
      found += Number((await searchToy(engine, setn, { alphaLearningRate: 0.1, candidates: 1 }, seed)).isBest);
    expect(found).toBeGreaterThanOrEqual(5);
  });
});
