import { AttributeError } from '../../engine/errors/errors.js';
import type { Space } from '../spaces/shared/space.js';
import type { Features } from './predictor.js';

/** Sizes of the graphs of a space: every one has as many nodes. */
export interface GraphShape {
  readonly nodes: number;
  /** Operations that a node can have, input and output among them. */
  readonly operations: number;
}

/** @throws AttributeError if the space has no architecture */
export function graphShape(space: Space): GraphShape {
  for (const architecture of space.enumerate())
    return { nodes: space.graph(architecture).operations.length, operations: space.graphOperations.length };
  throw new AttributeError(`graphShape: space ${space.name} has no architecture`);
}

/**
 * The operation graph: nodes x nodes edges, 1 at [from, to], then nodes x operations, 1 at a node's operation; both row
 * by row. All architectures have to have as many nodes as the first.
 * @throws AttributeError for a graph with another number of nodes
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
