import type { Random } from '../../../engine/random/random.js';
import { ArchitectureError } from '../shared/architectureError.js';

/**
 * Cells of NAS-Bench-201 (Dong and Yang, ICLR 2020, 2001.00326): four nodes, an edge between every two, one of five
 * operations on each edge; a node is the sum of its incoming edges.
 */
export const OPERATIONS = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'] as const;
export type CellOperation = (typeof OPERATIONS)[number];

/** Source and destination node of every edge, in the order of the cell string. */
export const EDGES = [
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 3],
  [1, 3],
  [2, 3],
] as const;
export const NODES = 4;

/** Indices into OPERATIONS, one per entry of EDGES. Plain JSON data. */
export type Cell = readonly [number, number, number, number, number, number];

/** The cell as `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`. */
export function formatCell(cell: Cell): string {
  let text = '';
  EDGES.forEach(([from, to], edge) => {
    if (from === 0) text += to === 1 ? '|' : '+|';
    text += `${OPERATIONS[cell[edge]]}~${from}|`;
  });
  return text;
}

/**
 * Reads a cell string; the inverse of formatCell.
 * @throws {ArchitectureError} with the position (from 0), got and wanted
 */
export function parseCell(text: string): Cell {
  const cell: number[] = [];
  let position = 0;

  const fail = (wanted: string): never => {
    const rest = text.slice(position, position + 24);
    const got = rest === '' ? 'the end of the text' : `"${rest}"`;
    throw new ArchitectureError(`NAS-Bench-201 cell "${text}": position ${position}: got ${got}, wanted ${wanted}`);
  };
  const expect = (literal: string, wanted: string): void => {
    if (!text.startsWith(literal, position)) fail(wanted);
    position += literal.length;
  };

  for (const [from, to] of EDGES) {
    if (from === 0) {
      const opening = to === 1 ? '|' : '+|';
      expect(opening, `"${opening}" before the edges into node ${to}`);
    }
    const name = /^\w*/.exec(text.slice(position))![0];
    const operation = OPERATIONS.indexOf(name as CellOperation);
    if (operation < 0) fail(`an operation of edge ${from}→${to}: ${OPERATIONS.join(', ')}`);
    position += name.length;
    expect(`~${from}|`, `"~${from}|" after the operation of edge ${from}→${to}`);
    cell.push(operation);
  }
  if (position < text.length) fail('the end of the text');
  return cell as unknown as Cell;
}

/** Sampled uniformly from all 15,625 cells. */
export function randomCell(random: Random): Cell {
  return EDGES.map(() => random.integer(OPERATIONS.length)) as unknown as Cell;
}

/** Replaces the operation of one edge; edge and new operation are sampled uniformly. */
export function mutateCell(cell: Cell, random: Random): Cell {
  const edge = random.integer(EDGES.length);
  const step = 1 + random.integer(OPERATIONS.length - 1);
  return cell.with(edge, (cell[edge] + step) % OPERATIONS.length) as unknown as Cell;
}

/** All 15,625 cells in lexicographic order. */
export function* enumerateCells(): Generator<Cell> {
  const count = OPERATIONS.length ** EDGES.length;
  for (let index = 0; index < count; index++) {
    const cell: number[] = [];
    for (let rest = index, edge = 0; edge < EDGES.length; edge++) {
      cell.unshift(rest % OPERATIONS.length);
      rest = Math.floor(rest / OPERATIONS.length);
    }
    yield cell as unknown as Cell;
  }
}
