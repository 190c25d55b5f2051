import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Graph } from '../../../../src/engine/graph/graph.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { maskedSoftmax } from '../../../../src/nas/methods/relaxed/maskedSoftmax.js';
import { pDarts } from '../../../../src/nas/methods/relaxed/pdarts/pdarts.js';
import { droppedSkipRule, skipDropoutRate } from '../../../../src/nas/methods/relaxed/pdarts/skipDropout.js';
import { dropWeakest, publishedShares, switchesAfter } from '../../../../src/nas/methods/relaxed/pdarts/switches.js';
import { limitSkips } from '../../../../src/nas/methods/relaxed/skipLimit.js';
import { deriveSelection } from '../../../../src/nas/methods/shared/derivation.js';
import type { SupernetContext } from '../../../../src/nas/search/problem.js';
import { nasbench201 } from '../../../../src/nas/spaces/nasbench201/space.js';
import type { RelaxedTable } from '../../../../src/nas/spaces/shared/space.js';
import { spaceByName } from '../../../../src/nas/spaces/spaces.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { expectSameBits, finish, tinyProblem } from './supernetMethods.js';
import { traceRule } from './traceRule.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const darts = spaceByName('darts');
const tiny = { channels: 4, cells: 3, classes: 4, size: 8, imageChannels: 1 };
const asMask = (text: string) => [...text].map((letter) => letter === '1');

describe('candidates of P-DARTS', () => {
  it('are dropped from every edge separately, ties in order', () => {
    const operationScores = [0.4, 0.1, 0.3, 0.2, 0.25, 0.25, 0.25, 0.25];
    expect(dropWeakest(asMask('11111111'), operationScores, 4, 2)).toEqual(asMask('10100011'));
    // Candidates already dropped are not counted among the weakest.
    expect(dropWeakest(asMask('10110111'), [0.5, 0, 0.3, 0.2, 0, 0.4, 0.3, 0.3], 4, 1)).toEqual(asMask('10100101'));
  });

  it('are reduced from 8 to 5 to 3, by the parameters at the end of each stage', () => {
    const first = darts.relaxation.tables.map(() => Array.from({ length: 14 * 8 }, (_, i) => (i % 8) + 1));
    const second = darts.relaxation.tables.map(() =>
      Array.from({ length: 14 * 8 }, (_, i) => (i % 8 < 3 ? 0 : 9 - (i % 8))),
    );
    const dropped = publishedShares(8);
    expect(dropped).toEqual([3, 2]);
    const rows = (mask: readonly boolean[]) => mask.slice(0, 8).map(Number).join('');
    const { tables } = darts.relaxation;
    expect(rows(switchesAfter(tables, [], dropped)[0])).toBe('11111111');
    expect(rows(switchesAfter(tables, [first], dropped)[1])).toBe('00011111');
    expect(rows(switchesAfter(tables, [first, second], dropped)[0])).toBe('00011100');
    expect(publishedShares(5)).toEqual([2, 1]);
  });

  it('have the softmax over those that remain, and exactly zero for the others', async () => {
    const supernet = nasbench201.supernet({ ...tiny, cells: 1 }, { affine: false, batchNorm: 'batch' });
    const mask = asMask('110101011000111111111010100101');
    const alphas = Array.from({ length: 30 }, (_, i) => Math.log(1 + (i % 5)));
    const wanted = alphas.map((_, i) => {
      const row = alphas
        .slice(i - (i % 5), i - (i % 5) + 5)
        .map((alpha, o) => (mask[i - (i % 5) + o] ? Math.exp(alpha) : 0));
      return row[i % 5] / row.reduce((a, b) => a + b, 0);
    });
    const rule = droppedSkipRule(supernet, [mask], { initial: 0, archStart: 0, seed: 1 });
    const [operationScores] = rule.operationScores([Float32Array.from(alphas)]);
    const program = await engine.compile((graph) => {
      graph.output('weights', maskedSoftmax(graph.feed('alphas', [6, 5]), mask));
    });
    program.run({ alphas });
    for (const weights of [traceRule(rule, [alphas]).weights[0], operationScores, await program.read('weights')])
      wanted.forEach((weight, i) => {
        if (!mask[i]) expect(weights[i]).toBe(0);
        else expect(weights[i]).toBeCloseTo(weight, 6);
      });
    program.dispose();
  });
});

describe('skip connections of P-DARTS', () => {
  it('are dropped at a rate that decreases linearly and then exponentially', () => {
    const settings = { initial: 0.4, archStart: 10, seed: 1 };
    const rates = [0, 9, 10, 11, 24].map((epoch) => skipDropoutRate(settings, epoch, 25));
    const wanted = [0.4 * (24 / 25), 0.4 * (15 / 25), 0.4, 0.4 * Math.exp(-0.2), 0.4 * Math.exp(-2.8)];
    wanted.forEach((rate, i) => {
      expect(rates[i]).toBeCloseTo(rate, 12);
    });
  });

  it('are dropped by element where they pass on a node, and only if there is such a candidate', () => {
    const dropouts = (candidates: readonly (readonly boolean[])[], initial: number) => {
      const supernet = darts.supernet(tiny, { affine: false, batchNorm: 'batch', candidates });
      const rule = droppedSkipRule(supernet, candidates, { initial, archStart: 0, seed: 1 });
      const graph = new Graph();
      const { mixture } = rule.trace(graph, 'weights');
      supernet.forward(graph.feed('images', [2, 8, 8, 1]), 'train', mixture);
      return graph.nodes.filter(({ operation }) => operation.name === 'dropout').length;
    };
    const { tables } = darts.relaxation;
    const all = switchesAfter(tables, [], []);
    // Five nodes with outgoing edges in a normal cell, three after the halving in each of two reduction cells.
    expect(dropouts(all, 0.1)).toBe(5 + 2 * 3);
    expect(dropouts(all, 0)).toBe(0);
    const without = all.map((mask) => mask.map((_, i) => i % 8 !== 3));
    expect(dropouts(without, 0.1)).toBe(0);
  });

  /** Two inputs and two nodes: edges 0→2, 1→2 | 0→3, 1→3, 2→3. */
  const table: RelaxedTable = {
    name: 'normal',
    edges: [
      [0, 2],
      [1, 2],
      [0, 3],
      [1, 3],
      [2, 3],
    ],
    operations: ['none', 'skip_connect', 'max_pool_3x3', 'sep_conv_3x3'],
    kept: 2,
  };
  const derived = (operationScores: readonly number[], most: number) =>
    deriveSelection([table], [limitSkips(table, operationScores, most)])[0].map(([operation]) => operation);
  const rows = (...skipsAndConvolutions: readonly [number, number][]) =>
    skipsAndConvolutions.flatMap(([skip, convolution]) => [0.9, skip, 0, convolution]);

  it('are limited from the weakest on, and edges are chosen again each time', () => {
    const operationScores = rows([0.6, 0.1], [0.5, 0.4], [0.8, 0.05], [0.7, 0.2], [0.3, 0.45]);
    expect(derived(operationScores, 4)).toEqual([1, 1, 1, 1, undefined]);
    // The weakest skip is that of edge 1: its convolution replaces it.
    expect(derived(operationScores, 3)).toEqual([1, 3, 1, 1, undefined]);
    expect(derived(operationScores, 2)).toEqual([3, 3, 1, 1, undefined]);
    // Without its skip edge 3 is weaker than edge 4, which replaces it.
    expect(derived(operationScores, 1)).toEqual([3, 3, 1, undefined, 3]);
    expect(derived(operationScores, 0)).toEqual([3, 3, undefined, 3, 3]);
  });

  it('that are equally strong are removed one at a time', () => {
    const operationScores = rows([0.5, 0.4], [0.5, 0.4], [0.5, 0.4], [0.5, 0.4], [0.1, 0.1]);
    for (const most of [4, 3, 2, 1, 0]) {
      const skips = derived(operationScores, most).filter((operation) => operation === 1);
      expect(skips).toHaveLength(most);
    }
  });
});

describe('P-DARTS', () => {
  it('initialises every stage again, deeper if requested', async () => {
    const problem = tinyProblem(engine, 'nasbench201', { epochs: 1 });
    const supernet = problem.supernet as SupernetContext;
    const built: [cells: number | undefined, left: number | undefined][] = [];
    const build: SupernetContext['build'] = (options, sizes) => {
      built.push([sizes?.cells, options.candidates?.[0].filter(Boolean).length]);
      return supernet.build(options, sizes);
    };
    const watched = { ...problem, supernet: { ...supernet, build } };
    await finish(pDarts.start(watched, pDarts.options.parse({ depths: [1, 2, 3], dropped: [1, 1] })));
    expect(built).toEqual([
      [1, 6 * 5],
      [2, 6 * 4],
      [3, 6 * 3],
    ]);
  });

  it('drops the same elements when cells are recomputed for their gradients', async () => {
    const [alphas, again] = await Promise.all(
      [false, true].map(async (checkpoint) => {
        const problem = tinyProblem(engine, 'nasbench201', { epochs: 1 });
        const options = { checkpoint, weightsShare: 0, skipDropout: [0.5, 0.5, 0.5], alphaLearningRate: 0.05 };
        return (await finish(pDarts.start(problem, pDarts.options.parse(options)))).state.arrays.alphas;
      }),
    );
    alphas.forEach((alpha, i) => {
      expect(again[i]).toBeCloseTo(alpha, 4);
    });
  });

  it('ends with the same bits after it was stopped and resumed, within a stage and between two', async () => {
    for (const steps of [4, 6]) await expectSameBits(engine, pDarts, { alphaLearningRate: 0.1 }, steps);
  });

  it('refuses settings that leave the last stage no choice', () => {
    const problem = tinyProblem(engine, 'nasbench201');
    expect(() => pDarts.start(problem, pDarts.options.parse({ dropped: [2, 2] }))).toThrow(
      'dropped is 2, 2, which leaves 1 of 5 candidates to the last stage, wanted two or more',
    );
  });
});
