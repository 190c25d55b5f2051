import type { OperationGraph } from '../shared/space.js';
import { CELL_NAMES, GENOTYPE_OPERATIONS, type Genotype, INPUTS } from './genotype.js';

/** The inputs of a cell are nodes too, so that paths from different inputs differ. */
export const GRAPH_OPERATIONS: readonly string[] = [
  'input',
  'output',
  ...CELL_NAMES.flatMap((cell) => [`${cell} input 0`, `${cell} input 1`]),
  ...GENOTYPE_OPERATIONS,
];

/**
 * Both cells in parallel between one input and one output. The edges of the cells become nodes (operations on nodes), connected where
 * one edge ends and the next begins; sums have no nodes. Architectures of the space have 22 nodes.
 */
export function genotypeGraph(genotype: Genotype): OperationGraph {
  const operations = [0];
  const edges: [number, number][] = [];
  const last: number[] = [];
  for (const name of CELL_NAMES) {
    const cell = genotype[name];
    /** For every node of the cell the nodes of the graph that it sums. */
    const terms = new Map<number, number[]>();
    for (let input = 0; input < INPUTS; input++) {
      edges.push([0, operations.length]);
      terms.set(input, [operations.length]);
      operations.push(GRAPH_OPERATIONS.indexOf(`${name} input ${input}`));
    }
    for (const { operation, from, to } of cell.edges) {
      const node = operations.push(GRAPH_OPERATIONS.indexOf(operation)) - 1;
      for (const source of terms.get(from) ?? []) edges.push([source, node]);
      terms.set(to, [...(terms.get(to) ?? []), node]);
    }
    last.push(...cell.concat.flatMap((node) => terms.get(node) ?? []));
  }
  const output = operations.push(1) - 1;
  return { operations, edges: [...edges, ...last.map((node): [number, number] => [node, output])] };
}
