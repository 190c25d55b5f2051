import { describe, expect, it } from 'vitest';
import { canonicalCell, isConnected } from '../../../src/nas/spaces/nasbench201/canonical.js';
import { type Cell, enumerateCells, parseCell } from '../../../src/nas/spaces/nasbench201/cell.js';

const cells = [...enumerateCells()];
const unique = (of: readonly Cell[], rule: 'skip' | 'zero') =>
  new Set(of.map((cell) => canonicalCell(cell, rule))).size;

describe('canonical strings of all 15,625 cells', () => {
  it('fall into 12,751 classes when skips are merged', () => {
    expect(unique(cells, 'skip')).toBe(12751);
  });

  it('fall into the 6,466 classes of the paper when zeros are propagated too', () => {
    expect(unique(cells, 'zero')).toBe(6466);
  });

  it('find 15,284 connected cells and 341 others, which form 5 of the classes', () => {
    const disconnected = cells.filter((cell) => !isConnected(cell));
    expect(cells.length - disconnected.length).toBe(15284);
    expect(disconnected).toHaveLength(341);
    expect(unique(disconnected, 'zero')).toBe(5);
  });

  it('are equal for a skip through node 1 and the direct edge', () => {
    const through = parseCell('|skip_connect~0|+|none~0|nor_conv_3x3~1|+|none~0|none~1|skip_connect~2|');
    const direct = parseCell('|none~0|+|nor_conv_3x3~0|none~1|+|none~0|none~1|skip_connect~2|');
    expect(canonicalCell(through, 'zero')).toBe(canonicalCell(direct, 'zero'));
    expect(canonicalCell(through, 'skip')).not.toBe(canonicalCell(direct, 'skip'));
  });
});
