import type { ArchitectureDrawing, DrawnCell, DrawnEdge, DrawnNode } from './drawing.js';

/**
 * `page`: small, for a page whose style sheet has the colours, by the class of each edge. `file`: with its own colours, cells framed
 * and named as in papers; of a single cell the same as `page`.
 */
export type DotStyle = 'page' | 'file';

interface DotWriter {
  readonly header: readonly string[];
  cell(cell: DrawnCell): string[];
  /** Cells in the order in which they are written; Graphviz puts later ones above. */
  order(cells: readonly DrawnCell[]): readonly DrawnCell[];
}

/** A drawing in Graphviz' DOT language: nodes from the inputs on the left to the output on the right, an edge for each operation. */
export function drawingDot({ kind, cells }: ArchitectureDrawing, style: DotStyle): string {
  const { header, cell, order } = cells.length === 1 ? single : style === 'page' ? stacked : framed;
  return [`digraph ${kind} {`, ...header.map(indented), ...order(cells).flatMap(cell).map(indented), '}'].join('\n');
}

const indented = (line: string) => `  ${line}`;

/** A double-quoted DOT string. */
const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const single: DotWriter = {
  header: [
    'graph [rankdir=LR, bgcolor="transparent", nodesep=0.3, ranksep=0.2, margin=0];',
    'node [shape=circle, fixedsize=true, width=0.34];',
    // The layout is for larger letters than the page draws, because the page's font may be wider.
    'edge [fontname="Helvetica", fontsize=13, arrowsize=0.6];',
  ],
  cell: ({ nodes, edges }) => [
    ...nodes.map(({ id, label }) => `${id} [label=${quoted(label)}];`),
    ...edges.map((edge) => `${edge.from} -> ${edge.to}${operationAttributes(edge)};`),
  ],
  order: (cells) => cells,
};

const stacked: DotWriter = {
  header: [
    'graph [rankdir=LR, bgcolor="transparent", nodesep=0.15, ranksep=0.3, margin=0];',
    'node [shape=ellipse, height=0.3, width=0.4, margin="0.04,0.02"];',
    'edge [fontname="Helvetica", fontsize=14, arrowsize=0.6];',
  ],
  cell: ({ name, nodes, edges }) => [
    ...nodes.map(({ id, label }) => `${nodeId(name, id)} [label=${quoted(label)}];`),
    ...edges.map((edge) => `${ends(name, edge)}${operationAttributes(edge)};`),
  ],
  order: (cells) => [...cells].reverse(),
};

const FILLS: Readonly<Record<DrawnNode['role'], string | undefined>> = {
  input: 'darkseagreen2',
  inner: undefined,
  output: 'palegoldenrod',
};

const framed: DotWriter = {
  header: [
    'graph [rankdir=LR, fontname="Helvetica"];',
    'node [shape=box, style="rounded,filled", fillcolor="lightblue", fontname="Helvetica"];',
    'edge [fontname="Helvetica", fontsize=11];',
  ],
  cell: ({ name, nodes, edges }) => [
    `subgraph ${quoted(`cluster_${name}`)} {`,
    `  label=${quoted(name)};`,
    ...nodes.map(({ id, role, label, symbol = label }) => {
      const fill = FILLS[role] ? `, fillcolor=${quoted(FILLS[role])}` : '';
      return `  ${nodeId(name, id)} [label=${quoted(symbol)}${fill}];`;
    }),
    ...edges.map((edge) => {
      const label = edge.operation ? ` [label=${quoted(edge.operation.name)}]` : '';
      return `  ${ends(name, edge)}${label};`;
    }),
    '}',
  ],
  order: (cells) => cells,
};

function nodeId(cell: string, id: DrawnNode['id']): string {
  return quoted(`${cell} ${id}`);
}

function ends(cell: string, { from, to }: DrawnEdge): string {
  return `${nodeId(cell, from)} -> ${nodeId(cell, to)}`;
}

function operationAttributes({ operation }: DrawnEdge): string {
  if (!operation) return '';
  const style = operation.label === '' ? ', style=dotted, arrowhead=none' : '';
  return ` [label=${quoted(operation.label)}, class=${quoted(operation.kind)}${style}]`;
}
