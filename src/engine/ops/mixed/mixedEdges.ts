import { AttributeError, ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { KernelCall, Lowering, Operand, Operation } from '../../graph/operation.js';
import { channelsOf, formatType, logicalSize } from '../../graph/types.js';

import { take } from '../data/take.js';
import { mergeStatisticsCall, referenceNormalised, referenceStatistics } from '../norm/batchNormCalls.js';
import { type RunningStatistics, trackStatistics } from '../norm/batchNormRunning.js';
import type { Affine } from '../norm/batchNormTraining.js';
import { gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { chunksOf } from '../record/reduceCalls.js';
import {
  checkEntries,
  checkLikeSlot,
  checkPerChannel,
  checkStack,
  edgeViews,
  entryCount,
  type MixedEdgesAttributes,
  mixedEdgesInputs,
  NO_SLOT,
  openEntries,
  perChannel,
  planCall,
  planElements,
  referenceSlot,
  tiledGrid,
} from './mixedEdgesCalls.js';
import { mixedEdgesGradients } from './mixedEdgesGradients.js';
import { mixedEdgesSamples } from './mixedEdgesSamples.js';

/** Batch norm of the normalised candidates of a stack, with batch statistics. */
export interface MixedNorm {
  /** Scale and shift per normalised channel, f32 [normalised * C]. */
  readonly affine?: Affine;
  /** Running mean and variance, f32 [normalised * C], to be updated with the batch's. */
  readonly running?: RunningStatistics;
  /** Weight of the batch in the running statistics; 0.1 where absent. */
  readonly momentum?: number;
  /** Added to the variance; 1e-5 where absent. */
  readonly epsilon?: number;
}

/** Outputs of the candidate operations, before batch norm, on all edges that leave one node of a relaxed cell. */
export interface MixedSource extends MixedNorm {
  /** f32 `[..., slots * C]`: the outputs concatenated along the channels; C a multiple of 4. */
  readonly stack: Value;
  /** Number of candidates in the stack. */
  readonly slots: number;
  /** Number of candidates, the first ones, that are normalised with batch statistics. */
  readonly normalised: number;
  /** f32 `[..., C]`: the node's own value, for skip connections. */
  readonly skip?: Value;
}

/** One edge: the candidates that it mixes. */
export interface MixedEdge {
  /** Position of each candidate in the stack, and the row-major index of its weight. */
  readonly candidates: readonly { readonly slot: number; readonly weight: number }[];
  /** Row-major index of the weight of the skip connection; given for all edges of a source or for none. */
  readonly skip?: number;
}

/**
 * Mixed operations on all edges that leave a node of a relaxed cell: for each edge the sum over its candidates of weight *
 * N(candidate), where N is batch norm with batch statistics (Ioffe and Szegedy 2015, algorithm 1) or the identity (Liu et al.
 * 2019, DARTS, eq. 2). A candidate may belong to several edges. Candidates of weight zero are closed: they are not read, and
 * receive no gradient.
 * @param edges one to four
 * @param weights f32 [K] or [edges, operations], in layout rows
 * @returns a value f32 [..., C] for each edge
 * @throws {ShapeError} when shapes or layouts do not fit, or a slot is outside the stack
 * @throws {AttributeError} when a skip connection lacks its value or one of its weights, an index is not one of the weights,
 *   or a number of edges, candidates or channels, epsilon or momentum is out of its range
 * @throws {DTypeError} when a value is u32 or f16
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function mixedEdges(source: MixedSource, edges: readonly MixedEdge[], weights: Value): readonly Value[] {
  const { stack, slots, normalised, skip, affine, running, momentum, epsilon = 1e-5 } = source;
  const { graph } = stack;
  if (edges.some((edge) => (edge.skip === undefined) !== (skip === undefined)))
    throw new AttributeError(
      `mixedEdges: got ${skip ? 'a skip value, but no weight of it in some edge' : 'a weight of a skip connection, but no skip value'}, wanted both or neither in every edge`,
    );
  const width = Math.max(1, ...edges.map(({ candidates }) => candidates.length));
  const places = edges.flatMap(({ candidates }) =>
    Array.from({ length: width }, (_, j) => candidates[j] ?? { slot: NO_SLOT, weight: 0 }),
  );
  const wrong = places.find(({ slot }) => slot !== NO_SLOT && !(Number.isInteger(slot) && slot >= 0 && slot < slots));
  if (wrong) throw new ShapeError(`mixedEdges: slot ${wrong.slot}, wanted one of the ${slots} of the stack`);
  const attributes = { edges: edges.length, width, slots, normalised, skip: skip !== undefined, epsilon };
  checkStack('mixedEdges', stack.type, attributes);
  const indices = [
    ...places.map(({ weight }) => weight),
    ...edges.flatMap((edge) => (edge.skip === undefined ? [] : [edge.skip])),
  ];
  const count = logicalSize(weights.type);
  const outside = indices.find((index) => !(Number.isInteger(index) && index >= 0 && index < count));
  if (outside !== undefined)
    throw new AttributeError(
      `mixedEdges: weight ${outside} of an edge, wanted an element of the weights ${formatType(weights.type)}: 0 to ${count - 1}`,
    );
  const row = take(weights, indices);
  const entries = graph.constant(
    places.map(({ slot }) => slot),
    [places.length],
    'u32',
  );
  const outputs = graph.apply(
    mixedEdgesOperation,
    [stack, row, entries, ...(skip ? [skip] : []), ...(affine ? [affine.gamma, affine.beta] : [])],
    attributes,
  );
  const [mean, variance] = outputs.slice(edges.length);
  if (running) trackStatistics(running, stack, { mean, variance }, momentum);
  return outputs.slice(0, edges.length);
}

/**
 * An entry is a candidate of an edge. Inputs: the stack; weights and slots of the entries; the skip connection, gamma and
 * beta where given. Outputs: a value for each edge; mean and biased variance of the normalised channels where there are any.
 */
export const mixedEdgesOperation: Operation<MixedEdgesAttributes> = {
  name: 'mixedEdges',
  infer: (types, attributes) => {
    const { stack, weights, entries, skip, gamma, beta } = mixedEdgesInputs(types, attributes);
    const slot = checkStack('mixedEdges', stack, attributes);
    checkEntries('mixedEdges', weights, entries, attributes);
    if (skip) checkLikeSlot('mixedEdges', 'the skip connection', skip, slot);
    checkPerChannel('mixedEdges', { gamma, beta }, attributes, slot);
    const edges = Array.from({ length: attributes.edges }, () => slot);
    if (attributes.normalised === 0) return edges;
    return [...edges, perChannel(attributes, slot), perChannel(attributes, slot)];
  },
  lower: (lowering) => {
    const { inputs, outputs, attributes, scratch } = lowering;
    const { stack, weights, entries, gamma, beta } = mixedEdgesInputs(inputs, attributes);
    const { vectors } = outputs[0];
    const calls: KernelCall[] = [];
    let factors: Parameters<typeof planCall>[2];
    if (attributes.normalised > 0) {
      const [mean, variance] = outputs.slice(attributes.edges);
      const chunks = chunksOf(stack.rows, mean.vectors);
      const partial = scratch(chunks * 2 * mean.vectors * 4);
      const affine = gamma && beta && { gamma, beta };
      const parts = { partial, rows: stack.rows, chunks };
      const statistics = mergeStatisticsCall(parts, mean, variance, affine, attributes.epsilon, scratch);
      calls.push(statisticsCall(lowering, partial, chunks), statistics.call);
      factors = { operand: statistics.factors, offset: 0, scaled: true };
    }
    const plan = scratch(planElements(attributes, vectors));
    calls.push(planCall({ weights, entries, vectors }, attributes, factors, plan));
    return [...calls, edgesCall(lowering, plan)];
  },
  gradient: (context) => mixedEdgesGradients(context),
  reference: (tensors, attributes) => {
    const { stack, weights, entries, skip, gamma, beta } = mixedEdgesInputs(tensors, attributes);
    const { edges, width, slots, normalised, epsilon } = attributes;
    const open = new Set(openEntries(weights, entries, attributes).map(({ slot }) => slot));
    const statistics = Array.from({ length: normalised }, (_, slot) => {
      const tensor = referenceSlot(stack, slot, slots);
      return referenceStatistics(open.has(slot) ? tensor : { ...tensor, data: tensor.data.map(() => 0) });
    });
    const outputs = Array.from({ length: edges }, () => new Float64Array(stack.data.length / slots));
    const channels = stack.shape[stack.shape.length - 1] / slots;
    for (const { edge, slot, weight } of openEntries(weights, entries, attributes)) {
      let { data } = referenceSlot(stack, slot, slots);
      if (slot < normalised) {
        const { mean, variance } = statistics[slot];
        data = referenceNormalised({ shape: [data.length / channels, channels], data }, mean, variance, epsilon);
      }
      data.forEach((value, i) => {
        const c = slot * channels + (i % channels);
        const isScaled = gamma && beta && slot < normalised;
        outputs[edge][i] += weight * (isScaled ? value * gamma.data[c] + beta.data[c] : value);
      });
    }
    if (skip)
      outputs.forEach((output, edge) => {
        skip.data.forEach((value, i) => {
          output[i] += weights.data[edges * width + edge] * value;
        });
      });
    if (normalised === 0) return outputs;
    const join = (name: 'mean' | 'variance') => Float64Array.from(statistics.flatMap((each) => [...each[name]]));
    return [...outputs, join('mean'), join('variance')];
  },
  cost: trafficOnly,
  reductionLength: ([stack], { width, slots }) => logicalSize(stack) / channelsOf(stack) / slots + width,
  samples: mixedEdgesSamples.map(({ name, inputs, attributes, smooth }) => ({ name, inputs, attributes, smooth })),
};

/** Kernel call for the statistics of chunks of rows of the normalised candidates that are open. */
function statisticsCall(
  { inputs, outputs, attributes }: Lowering<MixedEdgesAttributes>,
  partial: Operand,
  chunks: number,
) {
  const { stack, weights, entries } = mixedEdgesInputs(inputs, attributes);
  const { vectors } = outputs[0];
  return {
    kernel: 'mixed/stackStatistics',
    uniforms: {
      rows: stack.rows,
      chunks,
      vectors,
      normalised: attributes.normalised,
      slotted: attributes.edges * attributes.width,
      wOffset: weights.offset,
      entriesOffset: entries.offset,
      ...viewUniforms('stack', stack),
    },
    bindings: { stack: stack.operand, w: weights.operand, entries: entries.operand, partial },
    grid: gridOf(chunks * attributes.normalised * vectors),
  } satisfies KernelCall;
}

/** Rows per invocation, which loads the entries' factors once for all of them. */
const BLOCK_ROWS = 8;

/** Kernel call for the weighted sums, a single pass over the stack. */
function edgesCall(
  { inputs, outputs, attributes, scratch, target }: Lowering<MixedEdgesAttributes>,
  plan: Operand,
): KernelCall {
  const { stack, skip } = mixedEdgesInputs(inputs, attributes);
  const { edges, width } = attributes;
  const { rows, vectors } = outputs[0];
  const blocks = Math.ceil(rows / BLOCK_ROWS);
  // As `rowChunks`, but every block has the same number of rows, so that no two blocks write the same row.
  const [chunkStart, rowStep] = target.softwareLanes > 0 ? [BLOCK_ROWS, 1] : [1, blocks];
  const { tile, grid } = tiledGrid(blocks, edges, vectors, target);
  const { uniforms, bindings } = edgeViews('y', outputs.slice(0, edges), () => scratch(4));
  return {
    kernel: 'mixed/edges',
    uniforms: {
      rows,
      vectors,
      chunks: blocks,
      tile,
      chunkStart,
      rowStep,
      blockRows: BLOCK_ROWS,
      edges,
      width,
      count: entryCount(attributes),
      ...viewUniforms('stack', stack),
      ...viewUniforms('skip', skip ?? stack),
      ...uniforms,
    },
    bindings: { stack: stack.operand, skip: (skip ?? stack).operand, plan, ...bindings },
    grid,
  };
}
