import {
  ArchitectureError,
  type Cell,
  type CellOperation,
  EDGES,
  NODES,
  OPERATIONS,
  parseCell,
} from '../../src/nas/spaces/index.js';

/** Graphviz. An import by a variable compiles where the package, which is optional, is not installed. */
const GRAPHVIZ: string = '@viz-js/viz';

interface Graphviz {
  instance(): Promise<{ renderString(dot: string, options: { format: 'svg' }): string }>;
}

/** How an operation is written and, by the class of its edge, coloured. */
const APPEARANCE: Record<CellOperation, { readonly label: string; readonly kind: string }> = {
  none: { label: '', kind: 'none' },
  skip_connect: { label: 'skip', kind: 'skip' },
  nor_conv_1x1: { label: 'conv 1×1', kind: 'conv1' },
  nor_conv_3x3: { label: 'conv 3×3', kind: 'conv3' },
  avg_pool_3x3: { label: 'pool 3×3', kind: 'pool' },
};

/** The cell that an architecture's text names; null for other spaces and for text that is no cell. */
export function readCell(space: string, architecture: string): Cell | null {
  if (space !== 'nasbench201') return null;
  try {
    return parseCell(architecture);
  } catch (error) {
    if (error instanceof ArchitectureError) return null;
    throw error;
  }
}

/**
 * A cell as a graph in Graphviz' DOT language: nodes from the input on the left to the output on the right, an edge for
 * each operation. Edges of `none`, which carry zeros, are there but dotted, so that every cell has the same layout.
 */
export function cellDot(cell: Cell): string {
  const node = (index: number) => quoted(index === 0 ? 'in' : index === NODES - 1 ? 'out' : String(index));
  const edges = EDGES.map(([from, to], edge) => {
    const { label, kind } = APPEARANCE[OPERATIONS[cell[edge]]];
    const style = kind === 'none' ? ', style=dotted, arrowhead=none' : '';
    return `  ${from} -> ${to} [label=${quoted(label)}, class=${quoted(kind)}${style}];`;
  });
  return [
    'digraph cell {',
    '  graph [rankdir=LR, bgcolor="transparent", nodesep=0.3, ranksep=0.2, margin=0];',
    '  node [shape=circle, fixedsize=true, width=0.34];',
    // Laid out for larger letters than the page draws, because its font may be wider.
    '  edge [fontname="Helvetica", fontsize=13, arrowsize=0.6];',
    ...Array.from({ length: NODES }, (_, index) => `  ${index} [label=${node(index)}];`),
    ...edges,
    '}',
  ].join('\n');
}

/** The operations of a cell in words, most frequent first: `3 × conv 3×3, 2 × skip, 1 × none`. */
export function cellText(cell: Cell): string {
  const counts = new Map<string, number>();
  for (const index of cell) {
    const name = APPEARANCE[OPERATIONS[index]].label || 'none';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  return sorted.map(([name, count]) => `${count} × ${name}`).join(', ');
}

/** Whether a cell has nothing to learn: what searches that favour skips collapse to. */
export function hasNoConvolution(cell: Cell): boolean {
  return cell.every((index) => !APPEARANCE[OPERATIONS[index]].kind.startsWith('conv'));
}

/**
 * Starts Graphviz, which has to be installed; what it gives draws DOT text as an SVG element for a page: no declaration,
 * no ids, no names of namespaces, colours left to CSS; labels come last, so that no edge is drawn over one.
 */
export async function graphviz(): Promise<(dot: string) => string> {
  const { instance } = (await import(GRAPHVIZ)) as Graphviz;
  const viz = await instance();
  return (dot) => {
    const svg = viz.renderString(dot, { format: 'svg' });
    const clean = svg
      .slice(svg.indexOf('<svg'))
      .replace(/<!--[\s\S]*?-->\s*/g, '')
      .replace(/<title>[\s\S]*?<\/title>\s*/g, '')
      .replace(/ (?:id|xmlns|xmlns:xlink|xml:space|fill|stroke|font-family|font-size)="[^"]*"/g, '')
      .replace(
        /<svg[^>]*viewBox="(\S+ \S+ (\S+) \S+)"[^>]*>/,
        '<svg viewBox="$1" style="width:$2px" aria-hidden="true">',
      )
      .trim();
    return labelsLast(clean);
  };
}

/** Takes the labels out of the groups of their edges; groups of labels have the class of the operation. */
function labelsLast(svg: string): string {
  let labels = '';
  const edges = svg.replace(/<g class="edge ([^"]*)">([\s\S]*?)<\/g>/g, (_, kind: string, content: string) => {
    const rest = content.replace(/<text[\s\S]*?<\/text>\s*/g, (text) => {
      labels += `<g class="label ${kind}">\n${text}</g>\n`;
      return '';
    });
    return `<g class="edge ${kind}">${rest}</g>`;
  });
  const end = edges.lastIndexOf('</g>');
  return edges.slice(0, end) + labels + edges.slice(end);
}

/** A double-quoted DOT string. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
