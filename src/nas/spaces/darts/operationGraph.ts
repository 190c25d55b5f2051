import type { OperationGraph } from '../shared/space.js';
import { CELL_NAMES, GENOTYPE_OPERATIONS, type Genotype, INPUTS } from './genotype.js';

/** The inputs of a cell are nodes too, so that a path tells from which it comes. */
export const GRAPH_OPERATIONS: readonly string[] = [
  'input',
  'output',
  ...CELL_NAMES.flatMap((cell) => [`${cell} input 0`, `${cell} input 1`]),
  ...GENOTYPE_OPERATIONS,
];

/**
 * Both cells beside each other between one input and one output. The edges of the cells become nodes, and two are joined where
 * the one ends and the other begins: sums have no nodes. Architectures of the space have 22 nodes.
 */
export function genotypeGraph(genotype: Genotype): OperationGraph {
  const operations = [0];
  const edges: [number, number][] = [];
  const last: number[] = [];
  for (const name of CELL_NAMES) {
    const cell = genotype[name];
    /** For every node of the cell the nodes of the graph whose sum it is. */
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
