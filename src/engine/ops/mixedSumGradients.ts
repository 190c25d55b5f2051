import type { Value } from '../graph/graph.js';
import { logicalSize } from '../graph/types.js';
import type { MixedAttributes } from './mixedSumCalls.js';
import { mixedSumInputGradientsOperation } from './mixedSumInputGradients.js';
import { mixedSumSumsOperation } from './mixedSumSums.js';
import { mixedSumAffineGradientsOperation, mixedSumWeightGradientOperation } from './mixedSumWeightGradients.js';
import type { GradientContext } from './operation.js';
import { weightedSumInputGradientOperation } from './weightedSumGradients.js';

/**
 * Gradients of a mixed sum, those needed. The sums over the batch of dy and of dy times every term are taken once: batch
 * norm, its gamma and beta and the weights need nothing else of it.
 */
export function mixedSumGradients(
  context: GradientContext<MixedAttributes & { readonly terms: number }>,
): (Value | undefined)[] {
  const { inputs, outputs, outputGradients, attributes, needed } = context;
  const { normalised, terms, epsilon } = attributes;
  const [y, statistics] = outputs;
  const { graph } = y;
  const dstatistics = outputGradients[1];
  const dy = outputGradients[0] ?? graph.constant(new Float64Array(logicalSize(y.type)), y.shape);
  const weights = inputs[terms];
  const affine = inputs.slice(terms + 1);
  const gammas = affine.filter((_, i) => i % 2 === 0);
  const result: (Value | undefined)[] = inputs.map(() => undefined);
  const neededTerms = [...Array(terms).keys()].filter((t) => needed[t]);

  const identities = neededTerms.filter((t) => t >= normalised);
  if (identities.length > 0) {
    const gradients = graph.apply(weightedSumInputGradientOperation, [dy, weights], { indices: identities });
    identities.forEach((t, i) => {
      result[t] = gradients[i];
    });
  }

  const wanted = neededTerms.filter((t) => t < normalised);
  const weightsNeeded = needed[terms];
  const affineNeeded = needed.slice(terms + 1).some(Boolean);
  if (wanted.length === 0 && !weightsNeeded && !affineNeeded) return result;
  const summed = inputs.slice(0, weightsNeeded ? terms : normalised);
  const [sums] = graph.apply(mixedSumSumsOperation, [dy, statistics, ...summed], { normalised, epsilon });
  if (wanted.length > 0) {
    const values = wanted.map((t) => inputs[t]);
    const gradients = graph.apply(
      mixedSumInputGradientsOperation,
      [dy, statistics, sums, weights, ...values, ...gammas, ...(dstatistics ? [dstatistics] : [])],
      { normalised, epsilon, terms: wanted, affine: affine.length > 0 },
    );
    wanted.forEach((t, i) => {
      result[t] = gradients[i];
    });
  }
  if (weightsNeeded)
    [result[terms]] = graph.apply(mixedSumWeightGradientOperation, [sums, ...affine], { normalised, terms });
  if (affineNeeded)
    graph.apply(mixedSumAffineGradientsOperation, [sums, weights], { normalised }).forEach((gradient, i) => {
      result[terms + 1 + i] = gradient;
    });
  return result;
}
