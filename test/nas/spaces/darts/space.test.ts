import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/engine/random/random.js';
import { encode } from '../../../../src/nas/predictors/encodings.js';
import { graphPaths, pathsOf } from '../../../../src/nas/predictors/paths.js';
import { OPERATIONS } from '../../../../src/nas/spaces/darts/operations.js';
import { EDGES } from '../../../../src/nas/spaces/darts/relaxedCell.js';
import { darts } from '../../../../src/nas/spaces/darts/space.js';
import { ArchitectureError } from '../../../../src/nas/spaces/shared/architectureError.js';
import type { Space } from '../../../../src/nas/spaces/shared/space.js';
import { spaceByName } from '../../../../src/nas/spaces/spaces.js';
import { DARTS_V2, members } from './support.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const decisionVectors = fc.tuple(
  ...darts.choices.map(({ options }) => fc.integer({ min: 0, max: options.length - 1 })),
);

describe('the DARTS space', () => {
  it('is known by name and has (1 * 3 * 6 * 10 * 7^8)^2 architectures of 24 choices', () => {
    expect(spaceByName('darts')).toBe(darts);
    expect(darts.choices).toHaveLength(24);
    expect(darts.choices.map(({ options }) => options.length).slice(0, 12)).toEqual([
      1, 7, 7, 3, 7, 7, 6, 7, 7, 10, 7, 7,
    ]);
    expect(darts.size / (180 * 7 ** 8) ** 2).toBeCloseTo(1, 12);
    expect(darts.size).toBeCloseTo(1.0768e18, -15);
  });

  it('has the decisions of DARTS_V2, node by node', () => {
    const genotype = darts.parse(DARTS_V2);
    const taken = darts.decisions(genotype).map((option, choice) => darts.choices[choice].options[option]);
    expect(taken.slice(6, 12)).toEqual(['0,1', 'skip_connect', 'sep_conv_3x3', '0,2', 'skip_connect', 'dil_conv_3x3']);
    expect(taken.slice(15, 18)).toEqual(['1,2', 'max_pool_3x3', 'skip_connect']);
    expect(darts.fromDecisions(darts.decisions(genotype))).toEqual(genotype);
  });

  it('makes an architecture of every combination of options, and returns the same decisions', () => {
    fc.assert(
      fc.property(decisionVectors, (decisions) => {
        const genotype = darts.fromDecisions(decisions);
        expect(darts.decisions(genotype)).toEqual(decisions);
        expect(darts.decisions(darts.parse(darts.format(genotype)))).toEqual(decisions);
      }),
    );
  });

  it('samples every option of every choice about equally often', () => {
    const random = new Random(3, 'uniform');
    const draws = 3500;
    const counts = darts.choices.map(({ options }) => options.map(() => 0));
    for (let i = 0; i < draws; i++)
      darts.decisions(darts.random(random)).forEach((option, choice) => {
        counts[choice][option]++;
      });
    for (const count of counts) {
      const wanted = draws / count.length;
      // 98 counts in all: five standard deviations of a binomial.
      for (const each of count) expect(Math.abs(each - wanted)).toBeLessThanOrEqual(5 * Math.sqrt(wanted));
    }
  });

  it('mutates exactly one choice', () => {
    fc.assert(
      fc.property(members, seeds, (genotype, seed) => {
        const before = darts.decisions(genotype);
        const after = darts.decisions(darts.mutate(genotype, new Random(seed, 'mutation')));
        expect(after.filter((option, choice) => option !== before[choice])).toHaveLength(1);
      }),
    );
  });

  it('enumerates lazily, without duplicates', () => {
    const found: string[] = [];
    for (const genotype of darts.enumerate()) {
      found.push(darts.format(genotype));
      if (found.length === 500) break;
    }
    expect(new Set(found).size).toBe(500);
    const iterator = darts.enumerate()[Symbol.iterator]();
    const decisions = Array.from({ length: 50 }, () => darts.decisions(iterator.next().value));
    expect(decisions[0]).toEqual(Array(24).fill(0));
    // Reduction node 5: 7 options of the last choice, then 7 of the one before.
    expect(decisions[49].slice(-3)).toEqual([1, 0, 0]);
  });

  it.each([
    [
      (text: string) => text.replaceAll('dil_conv_3x3', 'sep_conv_7x7'),
      'normal cell: got operation sep_conv_7x7 into node 5',
    ],
    [(text: string) => text.replaceAll('dil_conv_3x3', 'none'), 'got operation none into node 5, wanted max_pool_3x3'],
    [
      (text: string) => text.replace("('skip_connect', 0), ('skip_connect', 0)", "('skip_connect', 1), ('none', 0)"),
      'inputs 1, 1 of node 4',
    ],
    [
      (text: string) => text.replace('reduce_concat=[2, ', 'reduce_concat=['),
      'reduction cell: got output of nodes 3, 4, 5, wanted of nodes 2, 3, 4, 5',
    ],
    [
      (text: string) => text.replace("('dil_conv_3x3', 2)]", "('dil_conv_3x3', 2), ('none', 0), ('none', 1)]"),
      'normal cell: got an edge into node 6',
    ],
  ])('refuses decisions of a genotype outside it, and names what is outside (%#)', (change, message) => {
    const genotype = darts.parse(change(DARTS_V2));
    expect(() => darts.decisions(genotype)).toThrow(ArchitectureError);
    expect(() => darts.decisions(genotype)).toThrow(message);
    expect(darts.parse(darts.format(genotype))).toEqual(genotype);
  });

  it('refuses decisions that are too few or out of range', () => {
    expect(() => darts.fromDecisions([0])).toThrow('got 1 decisions, wanted one for each of 24');
    const decisions = darts.decisions(darts.parse(DARTS_V2));
    expect(() => darts.fromDecisions(decisions.with(0, 1))).toThrow(
      'decision 0 (normal 2 inputs) is 1, wanted a whole number from 0 to 0',
    );
    expect(() => darts.fromDecisions(decisions.with(23, 7))).toThrow('decision 23 (reduction 5 second) is 7');
  });
});

describe('the graph of a DARTS architecture', () => {
  const paths = (text: string) =>
    [...graphPaths(darts.graph(darts.parse(text)), -1)]
      .map((path) => [...path].map((letter) => darts.graphOperations[letter.charCodeAt(0)]).join(' '))
      .sort();

  it('has a path for every way through a cell', () => {
    const text =
      "Genotype(normal=[('sep_conv_3x3', 0), ('dil_conv_3x3', 1), ('sep_conv_5x5', 0), ('skip_connect', 2)], normal_concat=[3], " +
      "reduce=[('max_pool_3x3', 0), ('none', 1)], reduce_concat=[2])";
    expect(paths(text)).toEqual([
      'normal input 0 sep_conv_3x3 skip_connect',
      'normal input 0 sep_conv_5x5',
      'normal input 1 dil_conv_3x3 skip_connect',
      'reduction input 0 max_pool_3x3',
      'reduction input 1 none',
    ]);
  });

  it('has 22 nodes in topological order, for every architecture of the space', () => {
    fc.assert(
      fc.property(members, (genotype) => {
        const { operations, edges } = darts.graph(genotype);
        expect([operations.length, operations[0], operations[21]]).toEqual([22, 0, 1]);
        expect(edges.every(([from, to]) => from < to)).toBe(true);
      }),
    );
  });

  it('supports all encodings of predictors, which distinguish architectures', () => {
    const random = new Random(0, 'encoded');
    const architectures = Array.from({ length: 50 }, () => darts.random(random));
    const different = (name: 'one-hot' | 'adjacency' | 'path') => {
      const { rows, width, values } = encode(darts, architectures, name);
      return new Set(Array.from({ length: rows }, (_, i) => values.subarray(i * width, (i + 1) * width).join(''))).size;
    };
    expect(different('one-hot')).toBe(50);
    expect(different('adjacency')).toBe(50);
    expect(different('path')).toBe(50);
    // One operation behind each of two inputs of two cells: 28 of the shortest paths.
    expect(pathsOf(darts as Space).filter((path) => path.length === 2)).toHaveLength(28);
  });
});

describe('the relaxation of the DARTS space', () => {
  const { relaxation } = darts;

  it('has two tables of 14 edges and 8 operations, of which two edges per node are kept', () => {
    expect(relaxation.tables.map(({ name, edges, operations, kept }) => [name, edges, operations, kept])).toEqual([
      ['normal', EDGES, OPERATIONS, 2],
      ['reduction', EDGES, OPERATIONS, 2],
    ]);
    expect([EDGES.length, OPERATIONS.length]).toEqual([14, 8]);
  });

  it('reproduces every architecture from its candidates', () => {
    fc.assert(
      fc.property(members, (genotype) => {
        const selection = relaxation.selection(genotype);
        expect(selection.flat().filter((operations) => operations.length > 0)).toHaveLength(16);
        expect(relaxation.architecture(selection)).toEqual(genotype);
      }),
    );
  });

  it('omits none, and allows nodes with fewer or more than two edges and edges with several operations', () => {
    const rows = EDGES.map((): number[] => []);
    rows[0] = [0];
    rows[1] = [4, 3];
    const other = EDGES.map(() => [7]);
    const { normal, reduction } = relaxation.architecture([rows, other]);
    expect(normal).toEqual({
      edges: [
        { operation: 'skip_connect', from: 1, to: 2 },
        { operation: 'sep_conv_3x3', from: 1, to: 2 },
      ],
      concat: [2],
    });
    expect(reduction.edges).toHaveLength(14);
    expect(relaxation.selection({ normal, reduction })[0][1]).toEqual([3, 4]);
    expect(darts.parse(darts.format({ normal, reduction }))).toEqual({ normal, reduction });
  });

  it('refuses a genotype that is not in the tables', () => {
    const refuse = (text: string, message: string) =>
      expect(() => relaxation.selection(darts.parse(text))).toThrow(message);
    refuse(DARTS_V2.replace('dil_conv_3x3', 'conv_7x1_1x7'), 'normal cell: got operation conv_7x1_1x7 into node 5');
    refuse(DARTS_V2.replace("('dil_conv_3x3', 2)", "('skip_connect', 0)"), 'skip_connect twice on edge 0→5');
    refuse(DARTS_V2.replace('normal_concat=[2, ', 'normal_concat=['), 'got output of nodes 3, 4, 5');
  });
});
