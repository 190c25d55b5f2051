import { AttributeError } from '../../errors/errors.js';
import type { Operation } from '../../graph/operation.js';
import { channelsOf, roundUp, type ValueType, valueType } from '../../graph/types.js';
import { checkRank, gridOf, trafficOnly, viewUniforms } from '../record/kernelCall.js';
import {
  checkEntries,
  checkPerChannel,
  entryCount,
  type MixedEdgesAttributes,
  openEntries,
} from './mixedEdgesCalls.js';
import { mixedEdgesSamples } from './mixedEdgesSamples.js';

function checkSums(
  name: string,
  sums: ValueType,
  weights: ValueType,
  entries: ValueType,
  attributes: MixedEdgesAttributes,
) {
  checkRank(name, 'sums', sums, 2);
  checkEntries(name, weights, entries, attributes);
  const rows = entryCount(attributes) + attributes.edges;
  if (sums.shape[0] !== rows) throw new AttributeError(`${name}: sums have ${sums.shape[0]} rows, wanted ${rows}`);
  return valueType([1, channelsOf(sums)]);
}

/**
 * Gradient of mixed edges by the weights. Inputs: the output of `mixedEdgeSums`; weights and slots of the entries; the
 * variance of the normalised channels where there are any; gamma and beta where given. Output: per weight the sum over
 * channels of gamma * sum(dy * xhat) + beta * sum(dy) for a normalised entry, of sum(dy * x) for another, and zero for a
 * closed one.
 */
export const mixedEdgeWeightGradientOperation: Operation<MixedEdgesAttributes> = {
  name: 'mixedEdgeWeightGradient',
  infer: ([sums, weights, entries, variance, gamma, beta], attributes) => {
    const slot = checkSums('mixedEdgeWeightGradient', sums, weights, entries, attributes);
    checkPerChannel('mixedEdgeWeightGradient', { variance, gamma, beta }, attributes, slot);
    return [weights];
  },
  lower: ({ inputs: [sums, weights, entries, variance, gamma, beta], outputs: [dw], attributes }) => {
    const count = entryCount(attributes);
    const padded = roundUp(count, 4);
    return [
      {
        kernel: 'mixed/edgeWeightGradients',
        constants: { AFFINE: gamma !== undefined },
        uniforms: {
          vectors: sums.vectors,
          edges: attributes.edges,
          width: attributes.width,
          count,
          padded,
          slots: attributes.slots,
          normalised: attributes.normalised,
          ...viewUniforms('sums', sums),
          wOffset: weights.offset,
          entriesOffset: entries.offset,
          varianceOffset: variance?.offset ?? 0,
          gammaOffset: gamma?.offset ?? 0,
          betaOffset: beta?.offset ?? 0,
          dwOffset: dw.offset,
          epsilon: attributes.epsilon,
        },
        bindings: {
          sums: sums.operand,
          w: weights.operand,
          entries: entries.operand,
          variance: (variance ?? sums).operand,
          gamma: (gamma ?? variance ?? sums).operand,
          beta: (beta ?? variance ?? sums).operand,
          dw: dw.operand,
        },
        grid: gridOf(padded),
      },
    ];
  },
  reference: ([sums, weights, entries, variance, gamma, beta], attributes) => {
    const { edges, width, normalised, epsilon, skip } = attributes;
    const channels = sums.shape[1];
    const count = entryCount(attributes);
    const dw = new Float64Array(count);
    for (const { index, edge, slot } of openEntries(weights, entries, attributes))
      for (let c = 0; c < channels; c++) {
        const products = sums.data[index * channels + c];
        const place = slot * channels + c;
        if (slot >= normalised) dw[index] += products;
        else
          dw[index] +=
            ((gamma?.data[place] ?? 1) * products) / Math.sqrt(variance.data[place] + epsilon) +
            (beta?.data[place] ?? 0) * sums.data[(count + edge) * channels + c];
      }
    if (skip)
      for (let entry = edges * width; entry < count; entry++)
        for (let c = 0; c < channels; c++) if (weights.data[entry] !== 0) dw[entry] += sums.data[entry * channels + c];
    return [dw];
  },
  cost: trafficOnly,
  reductionLength: ([sums]) => 2 * channelsOf(sums),
  samples: mixedEdgesSamples.map(({ name, inputs, shape, attributes }) => {
    const perChannel = { shape: [attributes.normalised * shape[shape.length - 1]] };
    const affine = inputs.length === 5 + (attributes.skip ? 1 : 0);
    return {
      name,
      inputs: [
        { shape: [entryCount(attributes) + attributes.edges, shape[shape.length - 1]] },
        inputs[1],
        inputs[2],
        ...(attributes.normalised > 0 ? [{ ...perChannel, fill: 'positive' as const }] : []),
        ...(affine ? [perChannel, perChannel] : []),
      ],
      attributes,
    };
  }),
};

/**
 * Gradients of mixed edges by gamma and beta. Inputs: the output of `mixedEdgeSums`; weights and slots of the entries; the
 * variance of the normalised channels. Outputs f32 [normalised * C]: dgamma = sum over edges of weight * sum(dy * xhat),
 * dbeta = sum over edges of weight * sum(dy).
 */
export const mixedEdgeAffineGradientsOperation: Operation<MixedEdgesAttributes> = {
  name: 'mixedEdgeAffineGradients',
  infer: ([sums, weights, entries, variance], attributes) => {
    const slot = checkSums('mixedEdgeAffineGradients', sums, weights, entries, attributes);
    checkPerChannel('mixedEdgeAffineGradients', { variance }, attributes, slot);
    return [variance, variance];
  },
  lower: ({ inputs: [sums, weights, entries, variance], outputs: [dgamma, dbeta], attributes }) => [
    {
      kernel: 'mixed/stackAffineGradients',
      uniforms: {
        vectors: sums.vectors,
        edges: attributes.edges,
        width: attributes.width,
        count: entryCount(attributes),
        normalised: attributes.normalised,
        ...viewUniforms('sums', sums),
        wOffset: weights.offset,
        entriesOffset: entries.offset,
        varianceOffset: variance.offset,
        dgammaOffset: dgamma.offset,
        dbetaOffset: dbeta.offset,
        epsilon: attributes.epsilon,
      },
      bindings: {
        sums: sums.operand,
        w: weights.operand,
        entries: entries.operand,
        variance: variance.operand,
        dgamma: dgamma.operand,
        dbeta: dbeta.operand,
      },
      grid: gridOf(attributes.normalised * sums.vectors),
    },
  ],
  reference: ([sums, weights, entries, variance], attributes) => {
    const channels = sums.shape[1];
    const dgamma = new Float64Array(variance.data.length);
    const dbeta = new Float64Array(variance.data.length);
    for (const { index, edge, slot, weight } of openEntries(weights, entries, attributes))
      for (let c = 0; c < channels && slot < attributes.normalised; c++) {
        const place = slot * channels + c;
        const xhat = sums.data[index * channels + c] / Math.sqrt(variance.data[place] + attributes.epsilon);
        dgamma[place] += weight * xhat;
        dbeta[place] += weight * sums.data[(entryCount(attributes) + edge) * channels + c];
      }
    return [dgamma, dbeta];
  },
  cost: trafficOnly,
  reductionLength: (_, { edges }) => 2 * edges,
  samples: mixedEdgesSamples
    .filter(({ attributes }) => attributes.normalised > 0)
    .map(({ name, inputs, shape, attributes }) => ({
      name,
      inputs: [
        { shape: [entryCount(attributes) + attributes.edges, shape[shape.length - 1]] },
        inputs[1],
        inputs[2],
        { shape: [attributes.normalised * shape[shape.length - 1]], fill: 'positive' },
      ],
      attributes,
    })),
};
