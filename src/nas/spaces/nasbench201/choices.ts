import { AttributeError } from '../../../engine/errors/errors.js';
import type { Choice, OperationGraph, Relaxation } from '../shared/space.js';
import { type Cell, EDGES, NODES, OPERATIONS } from './cell.js';

/** One decision for each edge: its operation. */
export const CELL_CHOICES: readonly Choice[] = EDGES.map(([from, to]) => ({
  name: `${from}→${to}`,
  options: OPERATIONS,
}));

/** @throws {AttributeError} when a decision is not one of the five operations */
export function cellOfDecisions(decisions: readonly number[]): Cell {
  if (decisions.length !== EDGES.length)
    throw new AttributeError(
      `fromDecisions: got ${decisions.length} decisions, wanted one for each of ${EDGES.length} edges`,
    );
  decisions.forEach((decision, edge) => {
    if (OPERATIONS[decision] === undefined)
      throw new AttributeError(
        `fromDecisions: decision ${edge} is ${decision}, wanted a whole number from 0 to ${OPERATIONS.length - 1}`,
      );
  });
  return [...decisions] as unknown as Cell;
}

export const GRAPH_OPERATIONS: readonly string[] = ['input', 'output', ...OPERATIONS];

/** The edges of the cell become the nodes 1 to 6 of the graph, connected where one edge ends and the next begins. */
const GRAPH_EDGES: readonly (readonly [number, number])[] = [
  ...EDGES.flatMap(([from], edge) => (from === 0 ? [[0, edge + 1] as const] : [])),
  ...EDGES.flatMap(([, to], edge) =>
    EDGES.flatMap(([from], next) => (from === to ? [[edge + 1, next + 1] as const] : [])),
  ),
  ...EDGES.flatMap(([, to], edge) => (to === NODES - 1 ? [[edge + 1, EDGES.length + 1] as const] : [])),
];

export function cellGraph(cell: Cell): OperationGraph {
  return { operations: [0, ...cell.map((operation) => operation + 2), 1], edges: GRAPH_EDGES };
}

/** One table for all cells; an edge without a selected candidate has `none`. */
export const CELL_RELAXATION: Relaxation<Cell> = {
  tables: [{ name: 'alpha', edges: EDGES, operations: OPERATIONS }],
  architecture: ([rows]) => cellOfDecisions(rows.map(([operation = 0]) => operation)),
  selection: (cell) => [cell.map((operation) => [operation])],
};
