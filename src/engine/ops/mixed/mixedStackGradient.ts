import type { KernelCall, Lowering, Operand, Operation, TensorView } from '../../graph/operation.js';
import type { ValueType } from '../../graph/types.js';
import { checkRank, gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';
import { enoughInvocations, rowChunks } from '../record/rowLoop.js';
import {
  checkEntries,
  checkLikeSlot,
  checkPerChannel,
  checkStack,
  edgeViews,
  entryCount,
  type MixedEdgesAttributes,
  openEntries,
  referenceSlot,
  tiledGrid,
} from './mixedEdgesCalls.js';
import { mixedEdgesSamples } from './mixedEdgesSamples.js';

interface StackGradientAttributes extends MixedEdgesAttributes {
  readonly affine: boolean;
}

/** Least rows per invocation on a software driver: fewer do not pay for loading the factors. */
const MIN_ROWS = 32;

function gradientInputs<T>(inputs: readonly T[], { normalised, affine }: StackGradientAttributes) {
  const [sums, stack, weights, entries, ...rest] = inputs;
  const [mean, variance] = normalised > 0 ? rest : [];
  const after = (normalised > 0 ? 2 : 0) + (affine ? 1 : 0);
  return { sums, stack, weights, entries, mean, variance, gamma: affine ? rest[2] : undefined, dys: rest.slice(after) };
}

/**
 * Gradients of mixed edges by the stack, through the batch statistics (Ioffe and Szegedy 2015, section 3), and by the skip
 * connection. Inputs: the output of `mixedEdgeSums`; the stack; weights and slots of the entries; mean and biased variance of
 * the normalised channels where there are any; gamma where given; dy of each edge. Outputs: dstack; dskip where there is a
 * skip connection.
 */
export const mixedStackGradientOperation: Operation<StackGradientAttributes> = {
  name: 'mixedStackGradient',
  infer: (types, attributes) => {
    const name = 'mixedStackGradient';
    const { sums, stack, weights, entries, mean, variance, gamma, dys } = gradientInputs<ValueType>(types, attributes);
    const slot = checkStack(name, stack, attributes);
    checkRank(name, 'sums', sums, 2);
    checkEntries(name, weights, entries, attributes);
    checkPerChannel(name, { mean, variance, gamma }, attributes, slot);
    dys.forEach((dy, edge) => {
      checkLikeSlot(name, `dy of edge ${edge}`, dy, slot);
    });
    return attributes.skip ? [stack, slot] : [stack];
  },
  lower: (lowering) => {
    const { inputs, outputs, attributes, scratch, target } = lowering;
    const [dstack, dskip]: readonly (TensorView | undefined)[] = outputs;
    const { stack, dys } = gradientInputs(inputs, attributes);
    const { edges, slots } = attributes;
    const { rows, vectors } = dys[0];
    const factors = scratch((slots + 1) * (3 + edges) * vectors * 4);
    const wanted = slots + (dskip ? 1 : 0);
    const enough = Math.ceil(enoughInvocations(target) / (wanted * vectors));
    const most = target.softwareLanes > 0 ? Math.ceil(rows / MIN_ROWS) : rows;
    const loop = rowChunks(rows, vectors, Math.min(most, enough), target);
    const { tile, grid } = tiledGrid(loop.chunks, wanted, vectors, target);
    const { uniforms, bindings } = edgeViews('dy', dys, () => dys[0].operand);
    return [
      factorsCall(lowering, factors, vectors, rows),
      {
        kernel: 'mixed/stackGradient',
        uniforms: {
          ...loop,
          tile,
          edges,
          slots,
          wanted,
          ...viewUniforms('stack', stack),
          ...uniforms,
          ...viewUniforms('dstack', dstack as TensorView),
          ...viewUniforms('dskip', dskip ?? (dstack as TensorView)),
        },
        bindings: {
          stack: stack.operand,
          ...bindings,
          factors,
          dstack: (dstack as TensorView).operand,
          dskip: dskip?.operand ?? scratch(4),
        },
        grid,
      },
    ];
  },
  reference: (tensors, attributes) => {
    const { sums, stack, weights, entries, mean, variance, gamma, dys } = gradientInputs(tensors, attributes);
    const { edges, width, slots, normalised, epsilon, skip } = attributes;
    const all = stack.shape[stack.shape.length - 1];
    const channels = all / slots;
    const rows = stack.data.length / all;
    const dstack = new Float64Array(stack.data.length);
    const count = entryCount(attributes);
    for (const { index, edge, slot, weight } of openEntries(weights, entries, attributes)) {
      const { data } = referenceSlot(stack, slot, slots);
      data.forEach((value, i) => {
        const c = i % channels;
        const place = slot * channels + c;
        let gradient = weight * dys[edge].data[i];
        if (slot < normalised) {
          const r = 1 / Math.sqrt(variance.data[place] + epsilon);
          const products = sums.data[index * channels + c];
          const sum = sums.data[(count + edge) * channels + c];
          const centred = r * r * (value - mean.data[place]) * products;
          gradient = weight * (gamma?.data[place] ?? 1) * r * (dys[edge].data[i] - (centred + sum) / rows);
        }
        dstack[Math.floor(i / channels) * all + place] += gradient;
      });
    }
    if (!skip) return [dstack];
    const dskip = dys[0].data.map((_, i) =>
      dys.reduce((sum, dy, edge) => sum + weights.data[edges * width + edge] * dy.data[i], 0),
    );
    return [dstack, dskip];
  },
  cost: trafficOnly,
  reductionLength: (_, { edges }) => 8 * edges,
  samples: mixedEdgesSamples.map(({ name, inputs, shape, attributes }) => {
    const affine = inputs.length === 5 + (attributes.skip ? 1 : 0);
    const channels = shape[shape.length - 1];
    const perChannel = { shape: [attributes.normalised * channels], fill: 'positive' as const };
    return {
      name,
      inputs: [
        { shape: [entryCount(attributes) + attributes.edges, channels] },
        ...inputs.slice(0, 3),
        ...(attributes.normalised > 0 ? [{ shape: perChannel.shape }, perChannel] : []),
        ...(affine ? [{ shape: perChannel.shape }] : []),
        ...Array.from({ length: attributes.edges }, () => ({ shape })),
      ],
      attributes: { ...attributes, affine },
    };
  }),
};

function factorsCall(
  { inputs, attributes }: Lowering<StackGradientAttributes>,
  factors: Operand,
  vectors: number,
  rows: number,
): KernelCall {
  const { sums, weights, entries, mean, variance, gamma } = gradientInputs<TensorView>(inputs, attributes);
  const { edges, width, slots, normalised, epsilon } = attributes;
  const means: TensorView | undefined = mean;
  return {
    kernel: 'mixed/stackFactors',
    constants: { AFFINE: gamma !== undefined },
    uniforms: {
      rows,
      vectors,
      edges,
      width,
      count: entryCount(attributes),
      slots,
      normalised,
      ...viewUniforms('sums', sums),
      wOffset: weights.offset,
      entriesOffset: entries.offset,
      meanOffset: means?.offset ?? 0,
      varianceOffset: variance?.offset ?? 0,
      gammaOffset: gamma?.offset ?? 0,
      epsilon,
    },
    bindings: {
      sums: sums.operand,
      w: weights.operand,
      entries: entries.operand,
      mean: (means ?? sums).operand,
      variance: (variance ?? sums).operand,
      gamma: (gamma ?? means ?? sums).operand,
      factors,
    },
    grid: gridOf((slots + 1) * vectors),
  };
}
