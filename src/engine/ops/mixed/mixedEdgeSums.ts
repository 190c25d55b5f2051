import type { KernelCall, Operation } from '../../graph/operation.js';
import { channelsOf, logicalSize, valueType } from '../../graph/types.js';
import { referenceSums } from '../norm/batchNormCalls.js';
import { trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { chunksOf, columnSumCalls } from '../record/reduceCalls.js';
import { rowChunks } from '../record/rowLoop.js';
import {
  checkEntries,
  checkLikeSlot,
  checkPerChannel,
  checkStack,
  edgeViews,
  entryCount,
  type MixedEdgesAttributes,
  openEntries,
  planCall,
  planElements,
  referenceSlot,
  tiledGrid,
} from './mixedEdgesCalls.js';
import { mixedEdgesSamples } from './mixedEdgesSamples.js';

/** Entries of an edge per invocation: they share the loads of its gradient. */
const GROUP = 4;

function sumsInputs<T>(inputs: readonly T[], { normalised, skip }: MixedEdgesAttributes) {
  const [stack, weights, entries, ...rest] = inputs;
  const after = normalised > 0 ? 1 : 0;
  return {
    stack,
    weights,
    entries,
    mean: normalised > 0 ? rest[0] : undefined,
    skip: skip ? rest[after] : undefined,
    dys: rest.slice(after + (skip ? 1 : 0)),
  };
}

/**
 * Sums over the batch from which all gradients of mixed edges are computed. Inputs: the stack; weights and slots of the
 * entries; the mean of the normalised channels where there are any; the skip connection where given; dy of each edge.
 * Output f32 [entries + edges, C]: per entry sum(dy * (x - mean)), with mean 0 where it is not normalised; per skip
 * connection sum(dy * skip); per edge sum(dy).
 */
export const mixedEdgeSumsOperation: Operation<MixedEdgesAttributes> = {
  name: 'mixedEdgeSums',
  infer: (types, attributes) => {
    const name = 'mixedEdgeSums';
    const { stack, weights, entries, mean, skip, dys } = sumsInputs(types, attributes);
    const slot = checkStack(name, stack, attributes);
    checkEntries(name, weights, entries, attributes);
    checkPerChannel(name, { mean }, attributes, slot);
    if (skip) checkLikeSlot(name, 'the skip connection', skip, slot);
    dys.forEach((dy, edge) => {
      checkLikeSlot(name, `dy of edge ${edge}`, dy, slot);
    });
    return [valueType([entryCount(attributes) + attributes.edges, channelsOf(slot)])];
  },
  lower: ({ inputs, outputs: [sums], attributes, scratch, target }) => {
    const { stack, weights, entries, mean, skip, dys } = sumsInputs(inputs, attributes);
    const { edges, width } = attributes;
    const { rows, vectors } = dys[0];
    const count = entryCount(attributes);
    const groups = Math.ceil(width / GROUP);
    const loop = rowChunks(rows, vectors, chunksOf(rows, edges * groups * vectors), target);
    const { chunks } = loop;
    const plan = scratch(planElements(attributes, vectors));
    const partial = scratch((count + edges) * chunks * vectors * 4);
    const { tile, grid } = tiledGrid(chunks, edges * groups, vectors, target);
    const { uniforms, bindings } = edgeViews('dy', dys, () => dys[0].operand);
    const calls: KernelCall[] = [
      planCall(
        { weights, entries, vectors },
        attributes,
        mean && { operand: mean.operand, offset: mean.offset, scaled: false },
        plan,
      ),
      {
        kernel: 'mixed/edgeSums',
        uniforms: {
          ...loop,
          tile,
          edges,
          width,
          groups,
          count,
          ...viewUniforms('stack', stack),
          ...viewUniforms('skip', skip ?? stack),
          ...uniforms,
        },
        bindings: { stack: stack.operand, skip: (skip ?? stack).operand, ...bindings, plan, partial },
        grid,
      },
    ];
    const sizes = { groups: count + edges, rows: chunks, vectors, factor: 1 };
    return [...calls, ...columnSumCalls({ operand: partial, offset: 0, stride: vectors }, sums, sizes, scratch)];
  },
  reference: (tensors, attributes) => {
    const { stack, weights, entries, mean, skip, dys } = sumsInputs(tensors, attributes);
    const { edges, width, slots, normalised } = attributes;
    const channels = stack.shape[stack.shape.length - 1] / slots;
    const sums = new Float64Array((entryCount(attributes) + edges) * channels);
    const put = (row: number, dy: Float64Array, factor: (i: number) => number) =>
      sums.set(
        referenceSums(
          dy.map((value, i) => value * factor(i)),
          channels,
        ),
        row * channels,
      );
    for (const { index, edge, slot } of openEntries(weights, entries, attributes)) {
      const { data } = referenceSlot(stack, slot, slots);
      const centre = (i: number) => (slot < normalised && mean ? mean.data[slot * channels + (i % channels)] : 0);
      put(index, dys[edge].data, (i) => data[i] - centre(i));
    }
    dys.forEach((dy, edge) => {
      const entry = edges * width + edge;
      if (skip && weights.data[entry] !== 0) put(entry, dy.data, (i) => skip.data[i]);
      put(entryCount(attributes) + edge, dy.data, () => 1);
    });
    return [sums];
  },
  cost: trafficOnly,
  reductionLength: ([stack], { slots }) => logicalSize(stack) / channelsOf(stack) / slots,
  samples: mixedEdgesSamples.map(({ name, inputs, shape, attributes }) => ({
    name,
    inputs: [
      ...inputs.slice(0, 3),
      ...(attributes.normalised > 0 ? [{ shape: [attributes.normalised * shape[shape.length - 1]] }] : []),
      ...(attributes.skip ? [inputs[3]] : []),
      ...Array.from({ length: attributes.edges }, () => ({ shape })),
    ],
    attributes,
  })),
};
