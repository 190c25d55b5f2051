/** A drawing of an architecture, as data: its cells as graphs, and warnings. `drawingDot` writes it as DOT. */
export interface ArchitectureDrawing {
  /** Kind of architecture, as a DOT identifier: `cell`, `genotype`. */
  readonly kind: string;
  readonly cells: readonly DrawnCell[];
  /** Faults of the architecture, such as that nothing in it learns. */
  readonly warnings: readonly string[];
}

/** One cell as a directed acyclic graph. */
export interface DrawnCell {
  readonly name: string;
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
}

export interface DrawnNode {
  /** Unique in its cell. */
  readonly id: number | string;
  readonly role: 'input' | 'inner' | 'output';
  readonly label: string;
  /** The label in a drawing that names the cell beside it, as papers write it: `c_{k-1}`. Absent: `label`. */
  readonly symbol?: string;
}

export interface DrawnEdge {
  /** `id` of a node. */
  readonly from: number | string;
  readonly to: number | string;
  /** Absent: the edge passes its source on unchanged. */
  readonly operation?: DrawnOperation;
}

export interface DrawnOperation {
  /** As architectures write it. */
  readonly name: string;
  /** Short, for reading; empty: the edge carries nothing and is dotted. */
  readonly label: string;
  /** Decides the colour of the edge on pages. */
  readonly kind: 'none' | 'skip' | 'pool' | 'conv1' | 'conv3';
}

/** The operations of each cell in words, most frequent first: `normal: 5 × sep conv 3×3, 3 × skip; reduction: …`. */
export function drawingText({ cells }: ArchitectureDrawing): string {
  const words = ({ edges }: DrawnCell) => {
    const counts = new Map<string, number>();
    for (const { operation } of edges) {
      if (!operation) continue;
      const label = operation.label || operation.name;
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    return [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([label, count]) => `${count} × ${label}`)
      .join(', ');
  };
  return cells.length === 1 ? words(cells[0]) : cells.map((cell) => `${cell.name}: ${words(cell)}`).join('; ');
}

/** Whether none of the cell's operations has weights. */
export function learnsNothing({ edges }: DrawnCell): boolean {
  return edges.every(({ operation }) => !operation?.kind.startsWith('conv'));
}
