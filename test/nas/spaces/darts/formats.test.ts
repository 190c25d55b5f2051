import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countGenotype } from '../../../../src/nas/spaces/darts/cost.js';
import { formatByNode, formatFlat } from '../../../../src/nas/spaces/darts/flatFormat.js';
import { parseGenotype } from '../../../../src/nas/spaces/darts/formats.js';
import {
  type Genotype,
  type GenotypeCell,
  genotypeCell,
  looseEnds,
} from '../../../../src/nas/spaces/darts/genotype.js';
import { formatNsganet } from '../../../../src/nas/spaces/darts/integerFormats.js';
import { ArchitectureError } from '../../../../src/nas/spaces/shared/architectureError.js';
import { DARTS_V2, genotypes, members } from './support.js';

const edge = (operation: string, from: number, to: number) => ({ operation, from, to });

describe('a genotype as DARTS prints it', () => {
  it('is parsed edge by edge', () => {
    const { normal, reduction } = parseGenotype(DARTS_V2);
    expect(normal.concat).toEqual([2, 3, 4, 5]);
    expect(normal.edges).toEqual([
      edge('sep_conv_3x3', 0, 2),
      edge('sep_conv_3x3', 1, 2),
      edge('sep_conv_3x3', 0, 3),
      edge('sep_conv_3x3', 1, 3),
      edge('skip_connect', 0, 4),
      edge('sep_conv_3x3', 1, 4),
      edge('skip_connect', 0, 5),
      edge('dil_conv_3x3', 2, 5),
    ]);
    expect(reduction.edges.slice(2, 4)).toEqual([edge('max_pool_3x3', 1, 3), edge('skip_connect', 2, 3)]);
  });

  it('may have range(2, 6), other quotes, line ends and trailing commas', () => {
    const other = DARTS_V2.replaceAll('[2, 3, 4, 5]', 'range(2, 6)').replaceAll("'", '"');
    const spread = other.replaceAll('), ', '),\n  ').replaceAll(')]', '),\n]');
    expect(parseGenotype(other)).toEqual(parseGenotype(DARTS_V2));
    expect(parseGenotype(spread)).toEqual(parseGenotype(DARTS_V2));
  });

  it('has one text for all orders of its edges', () => {
    const swapped = DARTS_V2.replace(
      "('sep_conv_3x3', 1), ('skip_connect', 0), ('skip_connect', 0)",
      "('skip_connect', 0), ('sep_conv_3x3', 1), ('skip_connect', 0)",
    );
    expect(swapped).not.toBe(DARTS_V2);
    expect(formatFlat(parseGenotype(swapped))).toBe(formatFlat(parseGenotype(DARTS_V2)));
  });
});

describe('other texts of genotypes', () => {
  const sparse =
    "Genotype(normal=[('sep_conv_3x3', 2, 0), ('skip_connect', 3, 0), ('dil_conv_3x3', 3, 0)], normal_concat=[2, 3], " +
    "reduce=[('max_pool_3x3', 2, 0)], reduce_concat=[2])";

  it('triples name the node, and are formatted back unchanged', () => {
    const genotype = parseGenotype(sparse);
    expect(genotype.normal.edges[2]).toEqual(edge('dil_conv_3x3', 0, 3));
    expect(formatFlat(genotype)).toBe(sparse);
  });

  it('unreachable nodes are omitted, and FairDARTS_g has the published size, auxiliary classifier included', () => {
    const genotype = parseGenotype(
      "Genotype(normal=[('sep_conv_3x3', 2, 0), ('sep_conv_3x3', 2, 1), ('skip_connect', 4, 3), ('sep_conv_5x5', 4, 1), " +
        "('dil_conv_3x3', 5, 0), ('sep_conv_3x3', 5, 1)], normal_concat=range(2, 6), reduce=[('avg_pool_3x3', 2, 1), " +
        "('skip_connect', 2, 0), ('skip_connect', 3, 2), ('max_pool_3x3', 3, 1), ('sep_conv_5x5', 4, 3), ('max_pool_3x3', 4, 0), " +
        "('dil_conv_3x3', 5, 1), ('dil_conv_3x3', 5, 4)], reduce_concat=range(2, 6))",
    );
    expect(genotype.normal.concat).toEqual([2, 4, 5]);
    expect(genotype.normal.edges.map(({ from }) => from)).not.toContain(3);
    const settings = { channels: 36, cells: 20, classes: 10, size: 32, imageChannels: 3 };
    expect(Math.floor(countGenotype(genotype, settings).mflops)).toBe(453);
    expect(Math.floor(countGenotype(genotype, settings, { auxiliary: true }).parameters / 1000)).toBe(3375);
  });

  it('unreachable cells keep their output', () => {
    const text = 'Genotype(normal=[], normal_concat=[2, 3], reduce=[], reduce_concat=[2])';
    expect(formatFlat(parseGenotype(text))).toBe(text);
  });

  it('triples may have input and node in either order', () => {
    const turned = sparse.replace(/', (\d), (\d)\)/g, "', $2, $1)");
    expect(turned).not.toBe(sparse);
    expect(parseGenotype(turned)).toEqual(parseGenotype(sparse));
  });

  it('lists by node are parsed and formatted, with any number of edges per node', () => {
    const text =
      "Genotype(normal=[[('sep_conv_3x3', 0), ('sep_conv_3x3', 1)], [], [('dil_conv_3x3', 2)]], normal_concat=[2, 4], " +
      "reduce=[[('max_pool_3x3', 0)]], reduce_concat=[2])";
    expect(formatByNode(parseGenotype(text))).toBe(text);
    expect(parseGenotype(text).normal.edges[2]).toEqual(edge('dil_conv_3x3', 2, 4));
  });

  it('JSON of the same fields is parsed', () => {
    const json =
      '{"normal": [["none", 0], ["conv_7x1_1x7", 1]], "normal_concat": [2], "reduce": [], "reduce_concat": [2]}';
    expect(parseGenotype(json)).toEqual({
      normal: { edges: [edge('none', 0, 2), edge('conv_7x1_1x7', 1, 2)], concat: [2] },
      reduction: { edges: [], concat: [2] },
    });
  });

  it('integers of NSGA-Net number the operations, and the unused nodes form the output', () => {
    // The cell that the code of NSGA-Net decodes as an example.
    const cell = [3, 0, 3, 1, 3, 0, 3, 1, 3, 1, 2, 0, 2, 0, 5, 2];
    const { normal, reduction } = parseGenotype(JSON.stringify([...cell, ...cell]));
    expect(normal).toEqual(parseGenotype(DARTS_V2.replace('normal_concat=[2, ', 'normal_concat=[')).normal);
    expect(reduction).toEqual(normal);
    const nested = Array.from({ length: 4 }, (_, i) => [
      cell.slice(4 * i, 4 * i + 2),
      cell.slice(4 * i + 2, 4 * i + 4),
    ]);
    expect(parseGenotype(JSON.stringify([nested, nested]))).toEqual({ normal, reduction });
    expect(formatNsganet({ normal, reduction })).toBe(
      '[3, 0, 3, 1, 3, 0, 3, 1, 2, 0, 3, 1, 2, 0, 5, 2, 3, 0, 3, 1, 3, 0, 3, 1, 2, 0, 3, 1, 2, 0, 5, 2]',
    );
  });

  it('pairs of integers of NASLib name the input first', () => {
    const cell = '[(0, 3), (1, 3), (0, 3), (1, 3), (1, 3), (0, 2), (0, 2), (2, 5)]';
    const { normal, reduction } = parseGenotype(`[${cell}, ${cell}]`);
    expect(normal).toEqual(parseGenotype(DARTS_V2).normal);
    expect(reduction).toEqual(normal);
  });
});

describe('round trips of random genotypes', () => {
  it('reproduce the genotype, and give the canonical text for every text', () => {
    fc.assert(
      fc.property(genotypes, (genotype) => {
        const text = formatFlat(genotype);
        expect(parseGenotype(text)).toEqual(genotype);
        expect(parseGenotype(formatByNode(genotype))).toEqual(genotype);
        expect(formatFlat(parseGenotype(text))).toBe(text);
      }),
    );
  });

  it('by the integers of NSGA-Net reproduce those whose output is the unused nodes', () => {
    const loose = (cell: GenotypeCell) => genotypeCell(cell.edges, looseEnds(cell.edges, 4));
    fc.assert(
      fc.property(members, ({ normal, reduction }) => {
        const genotype: Genotype = { normal: loose(normal), reduction: loose(reduction) };
        expect(parseGenotype(formatNsganet(genotype))).toEqual(genotype);
      }),
    );
  });
});

describe('invalid genotypes', () => {
  const cell = (entries: string, concat = '[2]') =>
    `Genotype(normal=[${entries}], normal_concat=${concat}, reduce=[], reduce_concat=[2])`;

  it.each([
    ['', 'position 0: got the end of the text, wanted a number, a text in quotes, a list or Genotype(...)'],
    ['7', 'position 0: got "7", wanted Genotype(normal=..., ...) or a list of integers'],
    [DARTS_V2.slice(0, 36), 'position 36: got the end of the text, wanted "," or "]"'],
    [`${DARTS_V2} x`, 'position 419: got "x", wanted the end of the text'],
    ['Genotype(normal=[], normal_concat=[2])', 'position 0: got "Genotype(normal=[], norm", wanted normal, '],
    ['Genotype(normal=[], normal=[])', 'position 20: got "normal=[])", wanted each name once'],
    [cell("('sep_conv_9x9', 0), ('none', 1)"), `position 18: got "'sep_conv_9x9', 0), ('no`],
    [cell("('conv_3x1_1x3', 0), ('none', 1)"), 'wanted an operation that networks have: none, max_pool_3x3'],
    [
      cell("('none', 2), ('none', 1)"),
      'position 26: got "2), (\'none\', 1)], normal", wanted an input of node 2: a whole',
    ],
    [
      cell("('none', 0)"),
      'position 16: got "[(\'none\', 0)], normal_co", wanted two edges for every node, and these are 1',
    ],
    [cell("('none', 0, 0)"), 'wanted a node from 2 on and an input that comes before it'],
    [cell("('none', 0, 2), ('none', 0)"), "wanted three entries, ('operation', node, input), like the first"],
    [cell("('none', 0), ('none', 1)", '[3]'), 'wanted a node of the cell: a whole number from 2 to 2'],
    [cell("('none', 0), ('none', 1)", '[2, 2]'), 'wanted every node once'],
    [cell("('none', 0), ('none', 1)", '[]'), 'wanted at least one node'],
    ['[1, 2, 3]', 'wanted four numbers for each node of two equal cells, and these are 3'],
    ['[3, 0, 9, 1, 3, 0, 3, 1]', 'position 7: got "9, 1, 3, 0, 3, 1]", wanted an operation (max_pool_3x3, '],
    ['[[(0, 3)], [(0, 3)]]', 'wanted eight pairs (input, op), and these are 1'],
  ])('%j is refused with the position, what stands there and what was wanted', (text, message) => {
    expect(() => parseGenotype(text)).toThrow(ArchitectureError);
    expect(() => parseGenotype(text)).toThrow(message);
  });

  it('NSGA-Net has no genome for a node with three edges, for another output or for none', () => {
    const refuse = (text: string, message: string) => expect(() => formatNsganet(parseGenotype(text))).toThrow(message);
    const reduce = "reduce=[('none', 0), ('none', 1)], reduce_concat=[2])";
    refuse(DARTS_V2, 'normal cell: got output of nodes 2, 3, 4, 5, wanted of those without outgoing edges: 3, 4, 5');
    refuse(
      `Genotype(normal=[('skip_connect', 0, 2)], normal_concat=[2], ${reduce}`,
      'got 1 edges into node 2, wanted 2',
    );
    refuse(
      `Genotype(normal=[('none', 0), ('none', 1)], normal_concat=[2], ${reduce}`,
      'got none, wanted one of max_pool',
    );
  });
});
