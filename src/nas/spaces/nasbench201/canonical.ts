import { type Cell, EDGES, NODES, OPERATIONS } from './cell.js';

/**
 * Canonical strings: cells with equal strings compute the same function. Node 0 is "0"; an edge is "(input)@operation",
 * a skip is its input; a node is the sorted sum of its edges.
 *
 * - `skip`: only skip connections are merged, `none` counts as an operation: 12,751 classes.
 * - `zero`: an edge is "#" if it is `none` or its input is exactly "#": the 6,466 classes of the paper (2001.00326,
 *   section 2.1).
 */
export type CanonicalRule = 'skip' | 'zero';

export function canonicalCell(cell: Cell, rule: CanonicalRule): string {
  const nodes = ['0'];
  for (let node = 1; node < NODES; node++) {
    const terms: string[] = [];
    EDGES.forEach(([from, to], edge) => {
      if (to !== node) return;
      const operation = OPERATIONS[cell[edge]];
      const input = nodes[from];
      if (rule === 'zero' && (operation === 'none' || input === '#')) terms.push('#');
      else terms.push(operation === 'skip_connect' ? input : `(${input})@${operation}`);
    });
    nodes.push(terms.sort().join('+'));
  }
  return nodes[NODES - 1];
}

/** Whether a path of operations other than `none` leads from the input to the output of the cell. */
export function isConnected(cell: Cell): boolean {
  const reached = [true, false, false, false];
  EDGES.forEach(([from, to], edge) => {
    if (reached[from] && OPERATIONS[cell[edge]] !== 'none') reached[to] = true;
  });
  return reached[NODES - 1];
}
