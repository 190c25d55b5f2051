import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { fairDarts } from '../../../../src/nas/methods/relaxed/fairDarts/fairDarts.js';
import { gateRule } from '../../../../src/nas/methods/relaxed/fairDarts/gates.js';
import { openCandidates } from '../../../../src/nas/methods/relaxed/fairDarts/thresholds.js';
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

/** Two inputs and two nodes: edges 0→2, 1→2 | 0→3, 1→3, 2→3. */
const table: RelaxedTable = {
  name: 'small',
  edges: [
    [0, 2],
    [1, 2],
    [0, 3],
    [1, 3],
    [2, 3],
  ],
  operations: ['none', 'skip_connect', 'sep_conv_3x3'],
  kept: 2,
};
const everyEdge = { ...table, kept: undefined };

const sparse = { by: 'threshold-sparse', threshold: 0.85 } as const;
const edge = { by: 'threshold-edge', threshold: 0.85 } as const;

/** Gates of skip and convolution, edge by edge; the value of `none` must not matter. */
const gatesOf = (...pairs: readonly [number, number][]) => pairs.flatMap(([skip, conv]) => [0.99, skip, conv]);

describe('gates of FairDARTS', () => {
  const alphas = gatesOf([0, 1], [-1, 2], [0.5, -3], [4, 0], [0, 0]);
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const gates = alphas.map((alpha, i) => (i % 3 === 0 ? 0 : sigmoid(alpha)));

  it('start at one half, none at zero', () => {
    const rule = gateRule([table], { weight: 10, distance: 'l2' });
    expect(rule.parameters.initialWords(1).every((word) => word === 0)).toBe(true);
    const { weights, penalty } = traceRule(rule, [new Float64Array(15)]);
    expect(weights[0]).toEqual(table.edges.flatMap(() => [0, 0.5, 0.5]));
    expect(penalty).toBeCloseTo(0, 12);
  });

  it.each([
    ['l2', (x: number) => (x - 0.5) ** 2],
    ['l1', (x: number) => Math.abs(x - 0.5)],
  ] as const)(
    'are drawn from one half by the zero-one loss, %s, averaged over all tables without none',
    (distance, of) => {
      const rule = gateRule([table, { ...table, name: 'other' }], { weight: 10, distance });
      const others = alphas.map((alpha) => 2 * alpha);
      const { weights, penalty } = traceRule(rule, [alphas, others]);
      weights[0].forEach((weight, i) => {
        expect(weight).toBeCloseTo(gates[i], 12);
      });
      const all = [alphas, others]
        .flatMap((row) => row.filter((_, i) => i % 3 !== 0))
        .map((alpha) => of(sigmoid(alpha)));
      expect(penalty).toBeCloseTo((-10 * all.reduce((a, b) => a + b, 0)) / 20, 12);
      const [operationScores] = rule.operationScores([Float32Array.from(alphas), Float32Array.from(others)]);
      operationScores.forEach((strength, i) => {
        expect(strength).toBeCloseTo(gates[i], 6);
      });
    },
  );
});

describe('open candidates', () => {
  it('are the strongest of the two strongest edges of a node, if their gates reach the threshold', () => {
    const gates = gatesOf([0.2, 0.9], [0.3, 0.4], [0.9, 0.95], [0.97, 0.1], [0.94, 0.3]);
    expect(openCandidates([table], [gates], sparse)).toEqual([[[2], [], [2], [1], []]]);
  });

  it('are the first of equal edges and of equal operations, and include a gate equal to the threshold', () => {
    const gates = gatesOf([0.85, 0.85], [0.1, 0.1], [0.9, 0.1], [0.9, 0.1], [0.1, 0.9]);
    expect(openCandidates([table], [gates], sparse)).toEqual([[[1], [], [1], [1], []]]);
  });

  it('are up to two of every edge by the other rule, whatever number of edges a node then has', () => {
    const gates = gatesOf([0.2, 0.9], [0.3, 0.4], [0.9, 0.95], [0.97, 0.1], [0.94, 0.3]);
    expect(openCandidates([table], [gates], edge)).toEqual([[[2], [], [1, 2], [1], [1]]]);
    const three = { ...table, operations: ['skip_connect', 'sep_conv_3x3', 'dil_conv_3x3'] };
    const rows = [0.9, 0.99, 0.95, ...new Array(12).fill(0)];
    expect(openCandidates([three], [rows], edge)).toEqual([[[1, 2], [], [], [], []]]);
  });

  it('are one of an edge if every edge has one operation, and none if its gate is closed', () => {
    const gates = gatesOf([0.2, 0.9], [0.3, 0.4], [0.9, 0.95], [0.97, 0.1], [0.94, 0.3]);
    for (const rule of [sparse, edge])
      expect(openCandidates([everyEdge], [gates], rule)).toEqual([[[2], [], [2], [1], [1]]]);
  });

  it('contain at least one path: the strongest edge from an input if the output would be disconnected', () => {
    const closed = gatesOf([0.2, 0.3], [0.5, 0.4], [0.1, 0.7], [0.2, 0.1], [0.8, 0.3]);
    expect(openCandidates([table], [closed], sparse)).toEqual([[[], [], [2], [], []]]);
    // Only node 2 is open, and no edge leads into it.
    const loose = gatesOf([0.2, 0.3], [0.5, 0.4], [0.1, 0.6], [0.2, 0.1], [0.9, 0.3]);
    expect(openCandidates([table], [loose], edge)).toEqual([[[], [], [2], [], []]]);
    // If the last node is the output, an open edge to another node is not a path.
    const short = gatesOf([0.9, 0.3], [0.5, 0.4], [0.1, 0.6], [0.7, 0.1], [0.3, 0.3]);
    expect(openCandidates([everyEdge], [short], sparse)).toEqual([[[], [], [], [1], []]]);
    expect(openCandidates([table], [short], sparse)).toEqual([[[1], [], [], [], []]]);
  });

  it('yield genotypes whose nodes have two operations on an edge or none', () => {
    const { relaxation, parse, format } = spaceByName('darts');
    const gates = relaxation.tables.map(() => new Float32Array(14 * 8));
    gates[0].set([0.9, 0.95], 3);
    gates[0].set([0.9], 5 * 8 + 1);
    gates[1].fill(0.9, 0, 8);
    const genotype = relaxation.architecture(openCandidates(relaxation.tables, gates, edge));
    expect(genotype).toEqual({
      normal: {
        edges: [
          { operation: 'skip_connect', from: 0, to: 2 },
          { operation: 'sep_conv_3x3', from: 0, to: 2 },
          { operation: 'max_pool_3x3', from: 0, to: 4 },
        ],
        concat: [2, 4],
      },
      reduction: {
        edges: [
          { operation: 'max_pool_3x3', from: 0, to: 2 },
          { operation: 'avg_pool_3x3', from: 0, to: 2 },
        ],
        concat: [2],
      },
    });
    expect(parse(format(genotype))).toEqual(genotype);
  });
});

describe('FairDARTS', () => {
  it('warns if no gate opened, and the cell is the one edge that a network needs', async () => {
    const problem = tinyProblem(engine, 'nasbench201');
    const { result } = await finish(fairDarts.start(problem, fairDarts.options.parse({})));
    expect(result.architecture.match(/none/g)).toHaveLength(5);
    expect(result.warnings?.join()).toMatch(/^the cell has one operation alone, .*Try a lower threshold/);
  });

  it('moves gates further from one half with a larger weight of the zero-one loss', async () => {
    const spread = async (zeroOneWeight: number) => {
      const problem = tinyProblem(engine, 'nasbench201', { epochs: 3 });
      const options = fairDarts.options.parse({ zeroOneWeight, alphaLearningRate: 0.05 });
      const { alphas } = (await finish(fairDarts.start(problem, options))).state.arrays;
      return alphas.reduce((total, alpha) => total + Math.abs(alpha), 0);
    };
    expect(await spread(100)).toBeGreaterThan(1.1 * (await spread(0)));
  });

  it('ends with the same bits after it was stopped and resumed', async () => {
    await expectSameBits(engine, fairDarts, { alphaLearningRate: 0.1, threshold: 0.5 });
  });
});
