import { AttributeError, ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { KernelCall, Lowering, Operand, Operation } from '../../graph/operation.js';
import { channelsOf, formatType, logicalSize } from '../../graph/types.js';
import type { Variable } from '../../graph/variables.js';
import { take } from '../data/take.js';
import { mergeStatisticsCall, referenceNormalised, referenceStatistics } from '../norm/batchNormCalls.js';
import { updateRunningStatistics } from '../norm/batchNormRunning.js';
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

/** Batch norm of the normalised candidates of a stack, by the batch's own statistics. */
export interface MixedNorm {
  /** Factor and offset of every normalised channel, [normalised * C]. */
  readonly affine?: Affine;
  /** Running mean and variance, [normalised * C], that are moved towards the batch's. */
  readonly running?: { readonly mean: Variable; readonly variance: Variable };
  /** Weight of the batch in the running statistics; 0.1 where absent. */
  readonly momentum?: number;
  /** Added to the variance; 1e-5 where absent. */
  readonly epsilon?: number;
}

/** The raw candidates of all edges that leave one node of a relaxed cell. */
export interface MixedSource extends MixedNorm {
  /** `[..., slots * C]`: the candidates side by side along the channels; C a multiple of 4. */
  readonly stack: Value;
  /** Candidates in the stack. */
  readonly slots: number;
  /** How many of them, the first ones, are normalised by the batch's own statistics. */
  readonly normalised: number;
  /** `[..., C]`: the node itself, which edges may add as it is. */
  readonly skip?: Value;
}

/** One edge: which candidates it mixes. */
export interface MixedEdge {
  /** Slot of a candidate, and the element of the weights, row-major, that multiplies it. */
  readonly candidates: readonly { readonly slot: number; readonly weight: number }[];
  /** Element of the weights that multiplies the skip connection; in all edges of a source or in none. */
  readonly skip?: number;
}

/**
 * What a node of a relaxed cell gives to each of its target nodes: sum over the candidates of an edge of weight * N(candidate),
 * where N is batch norm by the batch's own statistics (Ioffe and Szegedy 2015, algorithm 1) or nothing (Liu et al. 2019, DARTS,
 * eq. 2). A candidate may be part of several edges. Candidates of weight zero are closed: they are not read, and get no gradient.
 * @param edges up to four
 * @param weights a row [K] or a matrix [edges, operations]
 * @returns a value [..., C] for each edge
 * @throws ShapeError, AttributeError
 */
export function mixedEdges(source: MixedSource, edges: readonly MixedEdge[], weights: Value): readonly Value[] {
  const { stack, slots, normalised, skip, affine, running, momentum, epsilon = 1e-5 } = source;
  const { graph } = stack;
  if (edges.some((edge) => (edge.skip === undefined) !== (skip === undefined)))
    throw new AttributeError('mixedEdges: a skip connection needs a value and a weight in every edge; got only some');
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
  if (running) {
    const elements = logicalSize(stack.type) / channelsOf(stack.type);
    const [runningMean, runningVariance] = [graph.read(running.mean), graph.read(running.variance)];
    updateRunningStatistics(runningMean, runningVariance, mean, variance, { momentum, count: elements });
  }
  return outputs.slice(0, edges.length);
}

/**
 * Inputs: the stack; weights and slots of the entries; the skip connection if any; gamma and beta if any. Outputs: a value for
 * each edge; mean and biased variance of the normalised channels, if there are any.
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

/** Statistics of chunks of rows of the normalised candidates that are open. */
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

/** Rows that an invocation sums, for which it loads the entries' factors once. */
const BLOCK_ROWS = 8;

/** The pass over the stack. */
function edgesCall(
  { inputs, outputs, attributes, scratch, target }: Lowering<MixedEdgesAttributes>,
  plan: Operand,
): KernelCall {
  const { stack, skip } = mixedEdgesInputs(inputs, attributes);
  const { edges, width } = attributes;
  const { rows, vectors } = outputs[0];
  const blocks = Math.ceil(rows / BLOCK_ROWS);
  // As `rowChunks`, but every block has all of its rows, so that no two write the same.
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
