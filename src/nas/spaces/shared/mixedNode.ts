import { AttributeError } from '../../../engine/errors/errors.js';
import type { Graph, Value } from '../../../engine/graph/graph.js';
import { channelsOf } from '../../../engine/graph/types.js';
import { VariableSet } from '../../../engine/graph/variables.js';
import type { BatchNorm2d } from '../../../engine/nn/batchNorm2d.js';
import { normal } from '../../../engine/nn/initializers.js';
import { concat } from '../../../engine/ops/copy/concat.js';
import { scaleBy } from '../../../engine/ops/elementwise/weightedSum.js';
import { type MixedEdge, mixedEdges } from '../../../engine/ops/mixed/mixedEdges.js';
import { softmax } from '../../../engine/ops/reduce/softmax.js';
import type { Mixture, NetworkMode, SupernetOptions } from '../../networks/classifier.js';
import { batchNormMode, type LayerContext } from '../../networks/layers.js';
import type { RelaxedTable } from './space.js';

/** One operation of all edges that leave a node of a relaxed cell, concatenated along the channels, before its batch norm. */
export interface StackedCandidate {
  /** Column of the operation in the table of weights. */
  readonly operation: number;
  /** Rows of the edges that have it. */
  readonly rows: readonly number[];
  /** [..., rows * C], edge by edge, or [..., C] where all edges share one value (pools). */
  readonly value: Value;
}

/** The part of a mixture for the cells of one table. */
export interface TableMixture {
  /** [edges, operations] */
  readonly weights: Value;
  readonly gates?: Value;
  /** [edges] */
  readonly edges?: Value;
  skip?(node: Value): Value;
}

/** Standard deviation of the initial architecture parameters (DARTS: 1e-3 times a standard normal). */
const INITIAL_DEVIATION = 1e-3;

/** Architecture parameters for tables of candidates, and the weights of each table's candidates in a pass. */
export function tableMixtures(tables: readonly RelaxedTable[], gated: boolean) {
  const alphas = new VariableSet('alphas');
  for (const { name, edges, operations } of tables)
    alphas.add(name, [edges.length, operations.length], normal(0, INITIAL_DEVIATION));
  const usual = (graph: Graph): Mixture => ({
    weights: alphas.variables.map((alpha) =>
      gated ? graph.feed(alpha.name, alpha.type.shape) : softmax(graph.read(alpha)),
    ),
  });
  return {
    alphas,
    of(graph: Graph, mixture: Mixture = usual(graph)): TableMixture[] {
      const { weights, gates = gated ? weights : undefined, edges, skip } = mixture;
      return weights.map((weight, i) => ({ weights: weight, gates: gates?.[i], edges: edges?.[i], skip }));
    },
  };
}

/** The candidates of all edges that leave one node of a relaxed cell. */
export interface NodeCandidates {
  /** Candidates to which batch norm is applied. */
  readonly normalised: readonly StackedCandidate[];
  /** Candidates without batch norm. */
  readonly raw: readonly StackedCandidate[];
  /** The node itself, for skip connections, and the column of that operation; its weight is zero on edges without one. */
  readonly skip?: { readonly operation: number; readonly value: Value };
}

/** Channels of a supernet are a multiple of this, so that stacked candidates start at whole vectors of four channels. */
export const SUPERNET_CHANNELS = 4;

/**
 * @throws {AttributeError} when `channels` is no multiple of `SUPERNET_CHANNELS` times `partial`, and when gated candidates have
 * running averages, which closed candidates would pull towards zero
 */
export function checkSupernet(
  supernet: string,
  channels: number,
  { partial = 1, gated = false, batchNorm }: Omit<SupernetOptions, 'affine'>,
): void {
  if (gated && batchNorm === 'running')
    throw new AttributeError(
      `${supernet}: batchNorm is running with gated candidates, wanted batch or reestimated: a candidate whose gate is closed in a step has no batch statistics`,
    );
  checkSupernetChannels(supernet, channels, SUPERNET_CHANNELS, partial);
}

/**
 * @param multiple `SpaceSizes.supernetChannels`
 * @param partial PC-DARTS' K: candidates process one K-th of the channels
 * @throws {AttributeError} when `channels` is no multiple of `multiple` x `partial`
 */
export function checkSupernetChannels(supernet: string, channels: number, multiple: number, partial = 1): void {
  const step = multiple * partial;
  if (channels % step === 0) return;
  const below = channels - (channels % step);
  throw new AttributeError(
    `${supernet}: channels is ${channels}, wanted a multiple of ${step}: a node's candidates lie side by side in vectors of four ` +
      `channels; use ${below > 0 ? `${below} or ` : ''}${below + step}${partial > 1 ? `, or a smaller partial than ${partial}` : ''}`,
  );
}

/**
 * The contributions of a node to each of its target nodes: the weighted sum of its normalised candidates (Liu et al. 2019, DARTS, eq. 2).
 * @param norm batch norm of all normalised candidates together, in their order
 * @param rows the edges' rows in the table of weights
 * @param weights [edges of the cell, operations]
 * @param channels channels of a node
 */
export function mixCandidates(
  context: LayerContext,
  { normalised, raw, skip }: NodeCandidates,
  norm: BatchNorm2d | undefined,
  { rows, weights, channels, mode }: { rows: readonly number[]; weights: Value; channels: number; mode: NetworkMode },
): readonly Value[] {
  const { graph } = weights;
  const columns = weights.shape[1];
  const copiesOf = ({ value }: StackedCandidate) => channelsOf(value.type) / channels;
  const stacked = [...normalised, ...raw];
  if (stacked.length === 0) {
    if (!skip) throw new AttributeError('mixCandidates: got a node without candidates, wanted one or more');
    return rows.map((row) => scaleBy(skip.value, weights, row * columns + skip.operation));
  }
  const edges = rows.map((row): MixedEdge => {
    let slot = 0;
    const candidates = stacked.flatMap((candidate) => {
      const copies = copiesOf(candidate);
      const place = candidate.rows.indexOf(row);
      const own = slot + (copies > 1 ? place : 0);
      slot += copies;
      return place < 0 ? [] : [{ slot: own, weight: row * columns + candidate.operation }];
    });
    return { candidates, skip: skip && row * columns + skip.operation };
  });
  const slots = stacked.reduce((sum, candidate) => sum + copiesOf(candidate), 0);
  const count = normalised.reduce((sum, candidate) => sum + copiesOf(candidate), 0);
  const values = (list: readonly StackedCandidate[]) => list.map(({ value }) => value);
  if (norm && batchNormMode(context, mode) === 'running') {
    const stack = concat([norm.forward(concat(values(normalised)), 'running'), ...values(raw)]);
    return mixedEdges({ stack, slots, normalised: 0, skip: skip?.value }, edges, weights);
  }
  const statistics = norm?.mixedNorm(graph);
  return mixedEdges(
    { stack: concat(values(stacked)), slots, normalised: count, skip: skip?.value, ...statistics },
    edges,
    weights,
  );
}
