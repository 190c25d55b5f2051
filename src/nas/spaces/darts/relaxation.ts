import type { Relaxation, RelaxedTable } from '../shared/space.js';
import { CONCAT, outside } from './choices.js';
import { CELL_NAMES, type Genotype, type GenotypeCell, genotypeCell } from './genotype.js';
import { OPERATIONS, type OperationName } from './operations.js';
import { EDGES } from './relaxedCell.js';

const TABLES: readonly RelaxedTable[] = CELL_NAMES.map((name) => ({
  name,
  edges: EDGES,
  operations: OPERATIONS,
  kept: 2,
  limitsSkips: name === 'normal',
}));

/**
 * One table for the normal cells, one for the reduction cells. A selection may have several operations on an edge, and nodes with
 * other than two edges; edges of `none` and unreachable nodes are removed.
 */
export const GENOTYPE_RELAXATION: Relaxation<Genotype> = {
  tables: TABLES,
  architecture: ([normal, reduction]) => ({ normal: cellOf(normal), reduction: cellOf(reduction) }),
  selection: (genotype) => CELL_NAMES.map((name) => rowsOf(name, genotype[name])),
};

function cellOf(rows: readonly (readonly number[])[]): GenotypeCell {
  const edges = EDGES.flatMap(([from, to], edge) =>
    (rows[edge] ?? []).flatMap((index) =>
      OPERATIONS[index] === 'none' ? [] : [{ operation: OPERATIONS[index], from, to }],
    ),
  );
  return genotypeCell(edges, CONCAT);
}

function rowsOf(name: string, cell: GenotypeCell): number[][] {
  const { concat } = genotypeCell(cell.edges, CONCAT);
  if (concat.join() !== cell.concat.join())
    throw outside(name, `output of nodes ${cell.concat.join(', ')}`, `of nodes ${concat.join(', ')}`);
  const rows = EDGES.map((): number[] => []);
  for (const { operation, from, to } of cell.edges) {
    const row = rows[EDGES.findIndex((edge) => edge[0] === from && edge[1] === to)];
    if (!row) throw outside(name, `an edge ${from}→${to}`, `into nodes ${CONCAT.join(', ')} only`);
    const index = OPERATIONS.indexOf(operation as OperationName);
    if (index < 0) throw outside(name, `operation ${operation} into node ${to}`, OPERATIONS.join(', '));
    if (row.includes(index)) throw outside(name, `${operation} twice on edge ${from}→${to}`, 'it once');
    row.push(index);
  }
  return rows;
}
