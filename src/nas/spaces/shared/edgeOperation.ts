import { AttributeError } from '../../../engine/errors/errors.js';
import type { Value } from '../../../engine/graph/graph.js';
import { concat } from '../../../engine/ops/copy/concat.js';
import type { NetworkMode } from '../../networks/classifier.js';

/** The edges that leave one node of a relaxed cell and have an operation, and how the operation is computed. */
export interface NodeEdges {
  /** Their rows in the table of weights. */
  readonly rows: readonly number[];
  /** True: every edge separately, and only in runs in which its gate is open; false: all edges together. */
  readonly gated: boolean;
}

/** An operation without its batch norm, for several edges whose results are concatenated along the channels. */
export interface Computation {
  compute(x: Value, mode: NetworkMode): Value;
  /** Channels of the result for all edges together; of one edge where the operation has no weights, so that all edges share its result. */
  readonly channels: number;
}

/** One operation of all edges that leave a node. */
export interface EdgeOperation {
  /** Its column in the table of weights. */
  readonly operation: number;
  readonly rows: readonly number[];
  readonly channels: number;
  /** @param gates a feed [edges of the cell, operations], where edges are gated */
  compute(x: Value, gates: Value | undefined, mode: NetworkMode): Value;
}

/**
 * @param build builds the operation for a number of edges, with weights of this name
 * @param shared the operation has no weights, so that all edges share one result
 */
export function edgeOperation(
  { rows, gated }: NodeEdges,
  name: string,
  { operation, shared = false }: { readonly operation: number; readonly shared?: boolean },
  build: (name: string, copies: number) => Computation,
): EdgeOperation {
  if (!gated) {
    const { channels, compute } = build(name, rows.length);
    return { operation, rows, channels, compute: (x, _, mode) => compute(x, mode) };
  }
  const behind = (edges: readonly number[], { compute }: Computation): EdgeOperation['compute'] => {
    return (x, gates, mode) => {
      if (!gates)
        throw new AttributeError(`${name}: got no gates, wanted a feed of them, because the supernet is gated`);
      const elements = edges.map((row) => row * gates.shape[1] + operation);
      return gates.graph.whenOpen(gates, elements, () => compute(x, mode));
    };
  };
  if (shared) {
    const one = build(name, 1);
    return { operation, rows, channels: one.channels, compute: behind(rows, one) };
  }
  const each = rows.map((row) => build(`${name}/edge ${row}`, 1));
  const computations = each.map((one, edge) => behind([rows[edge]], one));
  return {
    operation,
    rows,
    channels: each.reduce((sum, { channels }) => sum + channels, 0),
    compute: (x, gates, mode) => concat(computations.map((compute) => compute(x, gates, mode))),
  };
}
