import { type Genotype, type GenotypeCell, INPUTS, lastNode } from './genotype.js';

const INPUT_LABELS = ['c_{k-2}', 'c_{k-1}'];

/**
 * Both cells in Graphviz' DOT language as the papers draw them: inputs c_{k-2} and c_{k-1}, nodes from 0 on, output c_{k},
 * and the operation on every edge.
 */
export function drawGenotype({ normal, reduction }: Genotype): string {
  return [
    'digraph genotype {',
    '  graph [rankdir=LR, fontname="Helvetica"];',
    '  node [shape=box, style="rounded,filled", fillcolor="lightblue", fontname="Helvetica"];',
    '  edge [fontname="Helvetica", fontsize=11];',
    ...drawCell('normal', normal),
    ...drawCell('reduction', reduction),
    '}',
  ].join('\n');
}

function drawCell(name: string, cell: GenotypeCell): string[] {
  const id = (node: number | 'output') => `"${name} ${node}"`;
  const nodes = Array.from({ length: lastNode(cell) + 1 - INPUTS }, (_, i) => i + INPUTS);
  return [
    `  subgraph "cluster_${name}" {`,
    `    label="${name}";`,
    ...INPUT_LABELS.map((label, input) => `    ${id(input)} [label="${label}", fillcolor="darkseagreen2"];`),
    ...nodes.map((node) => `    ${id(node)} [label="${node - INPUTS}"];`),
    `    ${id('output')} [label="c_{k}", fillcolor="palegoldenrod"];`,
    ...cell.edges.map(({ operation, from, to }) => `    ${id(from)} -> ${id(to)} [label="${operation}"];`),
    ...cell.concat.map((node) => `    ${id(node)} -> ${id('output')};`),
    '  }',
  ];
}
