import { type ArchitectureDrawing, type DrawnCell, type DrawnOperation, learnsNothing } from '../shared/drawing.js';
import { type Genotype, type GenotypeCell, type GenotypeOperation, INPUTS, lastNode } from './genotype.js';

/** Inputs as papers write them, and short. */
const INPUT_NODES = [
  { label: 'k−2', symbol: 'c_{k-2}' },
  { label: 'k−1', symbol: 'c_{k-1}' },
];

/** Both cells as the papers draw them: inputs c_{k-2} and c_{k-1}, nodes from 0 on, output c_{k}, the operation on every edge. */
export function drawGenotype({ normal, reduction }: Genotype): ArchitectureDrawing {
  const cells = [cellOf('normal', normal), cellOf('reduction', reduction)];
  const warnings = learnsNothing(cells[0])
    ? ['no convolution in the normal cell: nothing in it learns but what fits its inputs']
    : [];
  return { kind: 'genotype', cells, warnings };
}

function cellOf(name: string, cell: GenotypeCell): DrawnCell {
  const inner = Array.from({ length: lastNode(cell) + 1 - INPUTS }, (_, node) => node);
  return {
    name,
    nodes: [
      ...INPUT_NODES.map((node, id) => ({ id, role: 'input' as const, ...node })),
      ...inner.map((node) => ({ id: node + INPUTS, role: 'inner' as const, label: String(node) })),
      { id: 'output', role: 'output', label: name, symbol: 'c_{k}' },
    ],
    edges: [
      ...cell.edges.map(({ operation, from, to }) => ({ from, to, operation: drawnOperation(operation) })),
      ...cell.concat.map((node) => ({ from: node, to: 'output' })),
    ],
  };
}

function drawnOperation(name: GenotypeOperation): DrawnOperation {
  if (name === 'none') return { name, label: name, kind: 'none' };
  if (name === 'skip_connect') return { name, label: 'skip', kind: 'skip' };
  const label = name.replaceAll('_', ' ').replace(/(\d)x(\d)/g, '$1×$2');
  if (name.includes('pool')) return { name, label, kind: 'pool' };
  return { name, label, kind: name.startsWith('dil') ? 'conv1' : 'conv3' };
}
