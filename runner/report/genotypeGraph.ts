import {
  ArchitectureError,
  type Genotype,
  type GenotypeCell,
  type GenotypeOperation,
  INPUTS,
  lastNode,
  parseGenotype,
} from '../../src/nas/spaces/index.js';

const INPUT_LABELS = ['k−2', 'k−1'];

/** The genotype that an architecture's text names; null for other spaces and for text that is none. */
export function readGenotype(space: string, architecture: string): Genotype | null {
  if (space !== 'darts') return null;
  try {
    return parseGenotype(architecture);
  } catch (error) {
    if (error instanceof ArchitectureError) return null;
    throw error;
  }
}

/** Both cells in Graphviz' DOT language, one below the other, edges with the class of their operation: colours are the page's. */
export function genotypeDot({ normal, reduction }: Genotype): string {
  return [
    'digraph genotype {',
    '  graph [rankdir=LR, bgcolor="transparent", nodesep=0.15, ranksep=0.3, margin=0];',
    '  node [shape=ellipse, height=0.3, width=0.4, margin="0.04,0.02"];',
    '  edge [fontname="Helvetica", fontsize=14, arrowsize=0.6];',
    ...cellLines('reduction', reduction),
    ...cellLines('normal', normal),
    '}',
  ].join('\n');
}

/** The operations of each cell in words, most frequent first: `normal: 5 × sep conv 3×3, 3 × skip; reduction: …`. */
export function genotypeText({ normal, reduction }: Genotype): string {
  const words = ({ edges }: GenotypeCell) => {
    const counts = new Map<string, number>();
    for (const { operation } of edges) counts.set(label(operation), (counts.get(label(operation)) ?? 0) + 1);
    return [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([name, count]) => `${count} × ${name}`)
      .join(', ');
  };
  return `normal: ${words(normal)}; reduction: ${words(reduction)}`;
}

/** Whether the normal cell has nothing to learn between its inputs and its output: what searches that favour skips collapse to. */
export function normalLearnsNothing({ normal }: Genotype): boolean {
  return normal.edges.every(({ operation }) => kindOf(operation) !== 'conv3' && kindOf(operation) !== 'conv1');
}

function cellLines(name: string, cell: GenotypeCell): string[] {
  const id = (node: number | 'output') => `"${name} ${node}"`;
  const nodes = Array.from({ length: lastNode(cell) + 1 - INPUTS }, (_, i) => i + INPUTS);
  return [
    ...INPUT_LABELS.map((text, input) => `  ${id(input)} [label="${text}"];`),
    ...nodes.map((node) => `  ${id(node)} [label="${node - INPUTS}"];`),
    `  ${id('output')} [label="${name}"];`,
    ...cell.edges.map(
      ({ operation, from, to }) =>
        `  ${id(from)} -> ${id(to)} [label="${label(operation)}", class="${kindOf(operation)}"];`,
    ),
    ...cell.concat.map((node) => `  ${id(node)} -> ${id('output')};`),
  ];
}

function label(operation: GenotypeOperation): string {
  if (operation === 'skip_connect') return 'skip';
  return operation.replaceAll('_', ' ').replace(/(\d)x(\d)/g, '$1×$2');
}

/** The class by which the page colours an edge, as it does those of NAS-Bench-201. */
function kindOf(operation: GenotypeOperation): string {
  if (operation === 'none') return 'none';
  if (operation === 'skip_connect') return 'skip';
  if (operation.includes('pool')) return 'pool';
  return operation.startsWith('dil') ? 'conv1' : 'conv3';
}
