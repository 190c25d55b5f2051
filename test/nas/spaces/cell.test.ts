import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/engine/random/random.js';
import {
  type Cell,
  EDGES,
  enumerateCells,
  formatCell,
  mutateCell,
  OPERATIONS,
  parseCell,
  randomCell,
} from '../../../src/nas/spaces/nasbench201/cell.js';
import { ArchitectureError } from '../../../src/nas/spaces/shared/architectureError.js';
import { spaceByName } from '../../../src/nas/spaces/spaces.js';

const resNetCell = '|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|';

describe('a NAS-Bench-201 cell', () => {
  it('reads the ResNet cell edge by edge', () => {
    expect(parseCell(resNetCell)).toEqual([3, 0, 3, 1, 0, 1]);
    expect(formatCell([3, 0, 3, 1, 0, 1])).toBe(resNetCell);
  });

  it('is parsed back from its text, for all 15,625 cells, each with a different text', () => {
    const texts = new Set<string>();
    for (const cell of enumerateCells()) {
      const text = formatCell(cell);
      expect(parseCell(text)).toEqual(cell);
      texts.add(text);
    }
    expect(texts.size).toBe(15625);
  });

  it.each([
    ['', 'position 0: got the end of the text, wanted "|"'],
    ['|conv~0|', 'position 1: got "conv~0|", wanted an operation of edge 0→1: none, skip_connect'],
    ['|none~1|', 'position 5: got "~1|", wanted "~0|"'],
    ['|none~0||none~0|', 'position 8: got "|none~0|", wanted "+|" before the edges into node 2'],
    ['|none~0|+|none~0|none~0|', 'position 21: got "~0|", wanted "~1|" after the operation of edge 1→2'],
    [`${resNetCell} `, `position ${resNetCell.length}: got " ", wanted the end of the text`],
    [resNetCell.slice(0, -1), 'got "~2", wanted "~2|"'],
    ['|toString~0|', 'position 1: got "toString~0|", wanted an operation'],
  ])('refuses %j and says where and why', (text, message) => {
    expect(() => parseCell(text)).toThrow(ArchitectureError);
    expect(() => parseCell(text)).toThrow(message);
  });

  it('refuses every text that is not one of the 15,625, for any change', () => {
    fc.assert(
      fc.property(fc.nat(resNetCell.length - 1), fc.string({ maxLength: 3 }), (position, text) => {
        const broken = resNetCell.slice(0, position) + text + resNetCell.slice(position + 1);
        let cell: Cell;
        try {
          cell = parseCell(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(ArchitectureError);
          return;
        }
        expect(formatCell(cell)).toBe(broken);
      }),
    );
  });

  it('mutates exactly one edge, reaching all 24 neighbours evenly', () => {
    const random = new Random(5, 'test');
    const parent: Cell = [0, 1, 2, 3, 4, 0];
    const seen = new Map<string, number>();
    const draws = 24 * 500;
    for (let i = 0; i < draws; i++) {
      const child = mutateCell(parent, random);
      expect(child.filter((operation, edge) => operation !== parent[edge])).toHaveLength(1);
      seen.set(formatCell(child), (seen.get(formatCell(child)) ?? 0) + 1);
    }
    expect(seen.size).toBe(24);
    // The 0.9999 quantile of chi-square with 23 degrees of freedom is 55.5.
    const chiSquare = [...seen.values()].reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
    expect(chiSquare).toBeLessThan(55.5);
  });

  it('samples every operation on every edge equally often', () => {
    const random = new Random(7, 'test');
    const counts = EDGES.map(() => OPERATIONS.map(() => 0));
    for (let i = 0; i < 5000; i++) {
      for (const [edge, operation] of randomCell(random).entries()) counts[edge][operation]++;
    }
    for (const edge of counts) {
      // The 0.9999 quantile of chi-square with 4 degrees of freedom is 23.5.
      expect(edge.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(23.5);
    }
  });

  it('is found by the name of its space, and an unknown space is named in the error', () => {
    expect(spaceByName('nasbench201').size).toBe(15625);
    expect(() => spaceByName('nasbench301')).toThrow('Space "nasbench301" is not known, wanted one of: nasbench201');
  });
});
