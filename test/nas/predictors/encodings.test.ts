import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/engine/random/random.js';
import { graphShape } from '../../../src/nas/predictors/adjacency.js';
import { ENCODING_NAMES, encode, encodeSpace, selectRows, withColumns } from '../../../src/nas/predictors/encodings.js';
import { encodePaths, graphPaths, pathsOf } from '../../../src/nas/predictors/paths.js';
import type { EncodingName } from '../../../src/nas/predictors/predictor.js';
import { featuresOf, space } from './support.js';

const NONE = '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|';
const RESNET = '|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|';
const CONVOLUTIONS = '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|';

function row(cell: string, name: EncodingName): number[] {
  return [...encode(space, [space.parse(cell)], name).values];
}

describe('the one-hot encoding', () => {
  it('of a NAS-Bench-201 cell has one of five for each of six edges', () => {
    const none = [1, 0, 0, 0, 0];
    const skip = [0, 1, 0, 0, 0];
    const convolution = [0, 0, 0, 1, 0];
    expect(row(RESNET, 'one-hot')).toEqual([convolution, none, convolution, skip, none, skip].flat());
  });

  it('distinguishes all cells of the space', () => {
    const { rows, width, values } = encodeSpace(space, 'one-hot');
    const texts = new Set(Array.from({ length: rows }, (_, i) => values.subarray(i * width, (i + 1) * width).join('')));
    expect([rows, width, texts.size]).toEqual([15625, 30, 15625]);
  });
});

describe('the adjacency encoding', () => {
  it('holds the edges and the operations of the graph, row by row', () => {
    const { nodes, operations } = graphShape(space);
    expect({ nodes, operations }).toEqual({ nodes: 8, operations: 7 });
    const values = row(RESNET, 'adjacency');
    const graph = space.graph(space.parse(RESNET));
    const edges: [number, number][] = [];
    for (let from = 0; from < nodes; from++)
      for (let to = 0; to < nodes; to++) if (values[from * nodes + to] === 1) edges.push([from, to]);
    expect(edges).toEqual([...graph.edges].sort(([a, b], [c, d]) => a - c || b - d));
    const found = Array.from({ length: nodes }, (_, node) => {
      const start = nodes * nodes + node * operations;
      const oneHot = values.slice(start, start + operations);
      expect(oneHot.reduce((sum, value) => sum + value)).toBe(1);
      return oneHot.indexOf(1);
    });
    expect(found).toEqual(graph.operations);
  });
});

describe('the path encoding', () => {
  it('of NAS-Bench-201 has 4 + 16 + 64 paths, short ones first', () => {
    const lengths = pathsOf(space).map((path) => path.length);
    expect(lengths).toEqual([...Array(4).fill(1), ...Array(16).fill(2), ...Array(64).fill(3)]);
  });

  it('finds no path where every edge is none, and just the two of the ResNet cell', () => {
    const paths = (cell: string) =>
      [...graphPaths(space.graph(space.parse(cell)), space.graphOperations.indexOf('none'))].map((path) =>
        [...path].map((letter) => space.graphOperations[letter.charCodeAt(0)]),
      );
    expect(paths(NONE)).toEqual([]);
    expect(paths(RESNET)).toEqual([['skip_connect'], ['nor_conv_3x3', 'nor_conv_3x3', 'skip_connect']]);
    expect(row(NONE, 'path').every((value) => value === 0)).toBe(true);
    expect(row(RESNET, 'path').filter((value) => value === 1)).toHaveLength(2);
  });

  it('counts a path once if it leads through different nodes', () => {
    // Of the four paths from node 0 to node 3, two have two convolutions.
    expect(row(CONVOLUTIONS, 'path').filter((value) => value === 1)).toHaveLength(3);
  });

  it('when truncated keeps the first columns', () => {
    const cells = [space.parse(RESNET), space.parse(CONVOLUTIONS)];
    const whole = encodePaths(space, cells);
    const short = encodePaths(space, cells, 20);
    expect(short.width).toBe(20);
    for (const [i] of cells.entries())
      expect(short.values.slice(i * 20, i * 20 + 20)).toEqual(
        whole.values.slice(i * whole.width, i * whole.width + 20),
      );
  });
});

describe('encodings', () => {
  it.each(ENCODING_NAMES)('%s: rows of a whole space are those of its architectures', (name) => {
    const whole = encodeSpace(space, name);
    const all = [...space.enumerate()];
    const random = new Random(3, 'rows');
    const drawn = Array.from({ length: 50 }, () => random.integer(all.length));
    const few = encode(
      space,
      drawn.map((index) => all[index]),
      name,
    );
    expect(selectRows(whole, drawn)).toEqual(few);
    expect(encodeSpace(space, name)).toBe(whole);
  });

  it('refuse an unknown name and a row that does not exist', () => {
    expect(() => encode(space, [], 'onehot' as EncodingName)).toThrow('Encoding "onehot" is not known');
    expect(() => selectRows(featuresOf([[1], [2]]), [2])).toThrow('row 2, wanted a whole number from 0 to 1');
  });

  it('accept further columns, standardised, and the mean for missing numbers', () => {
    const wide = withColumns(
      featuresOf([
        [1, 0],
        [0, 1],
        [1, 1],
      ]),
      [
        [10, Number.NaN, 30],
        [5, 5, 5],
      ],
    );
    expect(wide.width).toBe(4);
    expect([...wide.values]).toEqual([1, 0, -1, 0, 0, 1, 0, 0, 1, 1, 1, 0]);
    expect(() => withColumns(featuresOf([[1]]), [[1, 2]])).toThrow(
      'column 0 has 2 numbers, wanted one for each of 1 rows',
    );
  });
});
