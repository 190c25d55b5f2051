import type { Value } from '../../../engine/graph/graph.js';
import { concat } from '../../../engine/ops/copy/concat.js';
import { maxPool } from '../../../engine/ops/pool/maxPool.js';
import type { NetworkMode } from '../../networks/classifier.js';
import { type Block, batchNormLayer, type LayerContext, reluConvBatchNorm } from '../../networks/layers.js';
import { edgeOperation } from '../shared/edgeOperation.js';
import { mixCandidates, type StackedCandidate, type TableMixture } from '../shared/mixedNode.js';
import { type EdgeValue, joinEdges, partOfNode } from '../shared/partialChannels.js';
import { block, type Candidate, candidate, factorizedReduce, OPERATIONS, POOLS } from './operations.js';

/** Inner nodes of a cell, numbered after its two inputs. */
export const NODES = 4;

/** Source and target of every edge: node i + 2 has edges from all nodes before it. */
export const EDGES: readonly (readonly [number, number])[] = Array.from({ length: NODES }, (_, node) =>
  Array.from({ length: node + 2 }, (_, from) => [from, node + 2] as const),
).flat();

const SKIP = OPERATIONS.indexOf('skip_connect');

export interface CellSizes {
  /** Channels of the cell before the last one and of the last one. */
  readonly inputs: readonly number[];
  readonly channels: number;
  readonly reduction: boolean;
  /** The last cell halved the image, so that the input from the cell before has twice its edge. */
  readonly afterReduction: boolean;
  /** Candidates are computed only where their gate is open. */
  readonly gated: boolean;
  /** Which candidates there are, [edges, operations], row-major; absent: all. */
  readonly candidates?: readonly boolean[];
  /** Candidates process the first 1/partial of a node's channels; the others bypass them (PC-DARTS). */
  readonly partial: number;
}

interface NodeSizes extends Pick<CellSizes, 'channels' | 'gated' | 'partial' | 'candidates'> {
  readonly stride: 1 | 2;
  /** The node's number in its cell. */
  readonly from: number;
}

/** @param mixture weights of the candidates of the cell's table */
export type RelaxedCell = (before: Value, last: Value, mode: NetworkMode, mixture: TableMixture) => Value;

/**
 * A cell of all candidates on all edges (Liu et al. 2019, DARTS, section 2.1). All edges that leave a node are computed together:
 * each operation is one convolution with a copy for every edge, and all candidates of the node are stacked along the channels. With
 * partial channels (Xu et al. 2020, PC-DARTS, 1907.05737, section 3.1) candidates process a part, which is concatenated with the rest
 * before the channels are shuffled.
 */
export function relaxedCell(
  context: LayerContext,
  name: string,
  { inputs, channels, reduction, afterReduction, gated, partial, candidates }: CellSizes,
): RelaxedCell {
  const preprocess = [0, 1].map((index): Block => {
    const sizes = { inputs: inputs[index], outputs: channels };
    const prefix = `${name}/input ${index}`;
    return index === 0 && afterReduction
      ? block(context, prefix, factorizedReduce(context, prefix, sizes))
      : reluConvBatchNorm(context, prefix, { ...sizes, kernel: 1 });
  });
  const sources = Array.from({ length: NODES + 1 }, (_, from) =>
    relaxedNode(context, `${name}/node ${from}`, {
      channels,
      stride: reduction && from < 2 ? 2 : 1,
      from,
      gated,
      partial,
      candidates,
    }),
  );
  return (before, last, mode, mixture) => {
    const nodes = [preprocess[0](before, mode), preprocess[1](last, mode)];
    const received = Array.from({ length: NODES + 2 }, (): EdgeValue[] => []);
    const give = (from: number) => {
      for (const given of sources[from](nodes[from], mixture, mode)) received[given.target].push(given);
    };
    give(0);
    for (let target = 2; target < NODES + 2; target++) {
      give(target - 1);
      nodes.push(joinEdges(received[target], mixture.edges, partial));
    }
    return concat(nodes.slice(2));
  };
}

/** The contributions of a node to every later node. */
function relaxedNode(
  context: LayerContext,
  name: string,
  { channels: all, stride, from, gated, partial, candidates: existing }: NodeSizes,
): (node: Value, mixture: TableMixture, mode: NetworkMode) => EdgeValue[] {
  const channels = all / partial;
  const edges = EDGES.flatMap(([source, target], row) => (source === from ? [{ row, target }] : []));
  const rows = edges.map(({ row }) => row);
  const having = (column: number) => rows.filter((row) => existing?.[row * OPERATIONS.length + column] ?? true);
  const candidates = OPERATIONS.flatMap((operation, column) => {
    const build = (prefix: string, copies: number) =>
      candidate(operation, context, prefix, { channels, stride, copies }) as Candidate;
    const computed = operation !== 'none' && (operation !== 'skip_connect' || stride === 2);
    const own = having(column);
    const options = { operation: column, shared: POOLS.has(operation) };
    return computed && own.length > 0
      ? [edgeOperation({ rows: own, gated }, `${name}/${operation}`, options, build)]
      : [];
  });
  const stacked = candidates.reduce((sum, each) => sum + each.channels, 0);
  const norm = stacked > 0 ? batchNormLayer(context, `${name}/norm`, stacked) : undefined;
  const skips = stride === 1 && having(SKIP).length > 0;
  return (node, { weights, gates, skip }, mode) => {
    const [x, rest] = partOfNode(node, partial);
    const normalised = candidates.map(
      ({ operation, rows, compute }): StackedCandidate => ({ operation, rows, value: compute(x, gates, mode) }),
    );
    const values = mixCandidates(
      context,
      { normalised, raw: [], skip: skips ? { operation: SKIP, value: skip?.(x) ?? x } : undefined },
      norm,
      { rows, weights, channels, mode },
    );
    const bypass = rest && stride === 2 ? maxPool(rest, { kernel: 2, stride: 2 }) : rest;
    return edges.map(({ row, target }, e) => ({ row, target, value: values[e], bypass }));
  };
}
