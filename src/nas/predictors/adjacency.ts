import { AttributeError } from '../../engine/errors/errors.js';
import type { Space } from '../spaces/shared/space.js';
import type { Features } from './predictor.js';

/** Sizes of the graphs of a space, which all have the same number of nodes. */
export interface GraphShape {
  readonly nodes: number;
  /** Number of operations of a node, including input and output. */
  readonly operations: number;
}

/** The sizes of a space's graphs. @throws {AttributeError} when the space has no architecture */
export function graphShape(space: Space): GraphShape {
  for (const architecture of space.enumerate())
    return { nodes: space.graph(architecture).operations.length, operations: space.graphOperations.length };
  throw new AttributeError(`graphShape: space ${space.name} has no architecture`);
}

/**
 * Encoding of the operation graph: the adjacency matrix [nodes, nodes], 1 at [from, to], then the one-hot operations
 * [nodes, operations]; both row-major.
 * @throws {AttributeError} when a graph has another number of nodes than the first
 */
export function encodeAdjacency<A>(space: Space<A>, architectures: readonly A[]): Features {
  const { nodes, operations } = graphShape(space as Space);
  const width = nodes * (nodes + operations);
  const values = new Float32Array(architectures.length * width);
  architectures.forEach((architecture, row) => {
    const graph = space.graph(architecture);
    if (graph.operations.length !== nodes)
      throw new AttributeError(
        `adjacency encoding: ${space.format(architecture)} has ${graph.operations.length} nodes, wanted ${nodes}`,
      );
    const start = row * width;
    for (const [from, to] of graph.edges) values[start + from * nodes + to] = 1;
    const second = start + nodes * nodes;
    for (let node = 0; node < nodes; node++) values[second + node * operations + graph.operations[node]] = 1;
  });
  return { rows: architectures.length, width, values };
}
