import { type ArchitectureDrawing, type DrawnCell, type DrawnOperation, learnsNothing } from '../shared/drawing.js';
import { isConnected } from './canonical.js';
import { type Cell, type CellOperation, EDGES, NODES, OPERATIONS } from './cell.js';

const APPEARANCE: Readonly<Record<CellOperation, Omit<DrawnOperation, 'name'>>> = {
  none: { label: '', kind: 'none' },
  skip_connect: { label: 'skip', kind: 'skip' },
  nor_conv_1x1: { label: 'conv 1×1', kind: 'conv1' },
  nor_conv_3x3: { label: 'conv 3×3', kind: 'conv3' },
  avg_pool_3x3: { label: 'pool 3×3', kind: 'pool' },
};

/** Every edge of the cell, those of `none` too, so that all cells have the same layout. */
export function drawCell(cell: Cell): ArchitectureDrawing {
  const drawn: DrawnCell = {
    name: 'cell',
    nodes: Array.from({ length: NODES }, (_, id) => {
      if (id === 0) return { id, role: 'input', label: 'in' };
      return id === NODES - 1 ? { id, role: 'output', label: 'out' } : { id, role: 'inner', label: String(id) };
    }),
    edges: EDGES.map(([from, to], edge) => {
      const name = OPERATIONS[cell[edge]];
      return { from, to, operation: { name, ...APPEARANCE[name] } };
    }),
  };
  const warnings = [
    ...(learnsNothing(drawn) ? ['no convolution: nothing in it learns'] : []),
    ...(isConnected(cell) ? [] : ['the input does not reach the output']),
  ];
  return { kind: 'cell', cells: [drawn], warnings };
}
