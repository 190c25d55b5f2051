import type { Value } from '../../graph/graph.js';
import type { GradientContext } from '../../graph/operation.js';
import { channelsOf, logicalSize } from '../../graph/types.js';
import { padChannelsOperation, slice } from '../copy/slice.js';
import { add } from '../elementwise/add.js';
import { batchStatisticsGradientOperation } from '../norm/batchNormTraining.js';
import { mixedEdgeSumsOperation } from './mixedEdgeSums.js';
import { type MixedEdgesAttributes, mixedEdgesInputs } from './mixedEdgesCalls.js';
import { mixedEdgeAffineGradientsOperation, mixedEdgeWeightGradientOperation } from './mixedEdgeWeightGradients.js';
import { mixedStackGradientOperation } from './mixedStackGradient.js';

/**
 * Gradients of mixed edges by the inputs that need one. The sums over the batch of each edge's gradient, and of its product
 * with each candidate, are computed once: the gradients through batch norm, by gamma and beta and by the weights are
 * functions of them.
 */
export function mixedEdgesGradients(context: GradientContext<MixedEdgesAttributes>): (Value | undefined)[] {
  const { inputs, outputs, outputGradients, attributes, needed } = context;
  const { edges, skip: hasSkip } = attributes;
  const { stack, weights, entries, skip, gamma, beta } = mixedEdgesInputs(inputs, attributes);
  const need = mixedEdgesInputs(needed, attributes);
  const { graph } = stack;
  const [mean, variance]: readonly (Value | undefined)[] = outputs.slice(edges);
  const statistics = mean && variance ? [mean, variance] : [];
  const dys = outputs
    .slice(0, edges)
    .map((y, edge) => outputGradients[edge] ?? graph.constant(new Float32Array(logicalSize(y.type)), y.shape));
  const [sums] = graph.apply(
    mixedEdgeSumsOperation,
    [stack, weights, entries, ...statistics.slice(0, 1), ...(skip ? [skip] : []), ...dys],
    attributes,
  );
  let dstack: Value | undefined;
  let dskip: Value | undefined;
  if (need.stack || need.skip) {
    const affine = gamma !== undefined;
    [dstack, dskip] = graph.apply(
      mixedStackGradientOperation,
      [sums, stack, weights, entries, ...statistics, ...(gamma ? [gamma] : []), ...dys],
      { ...attributes, affine },
    );
    const ofStatistics = outputGradients.slice(edges);
    if (ofStatistics.some(Boolean)) dstack = add(dstack, statisticsGradient(stack, mean as Value, ofStatistics));
  }
  const dweights = need.weights
    ? graph.apply(
        mixedEdgeWeightGradientOperation,
        [sums, weights, entries, ...statistics.slice(1), ...(gamma && beta ? [gamma, beta] : [])],
        attributes,
      )[0]
    : undefined;
  const daffine =
    need.gamma || need.beta
      ? graph.apply(mixedEdgeAffineGradientsOperation, [sums, weights, entries, variance as Value], attributes)
      : [];
  return [dstack, dweights, undefined, ...(hasSkip ? [dskip] : []), ...daffine];
}

/** Gradient by the stack of the batch statistics, from gradients of those. */
function statisticsGradient(stack: Value, mean: Value, [dmean, dvariance]: readonly (Value | undefined)[]): Value {
  const { graph } = stack;
  const channels = channelsOf(mean.type);
  const zero = graph.constant(new Float32Array(channels), [channels]);
  const first = slice(stack, 0, channels);
  const [gradient] = graph.apply(batchStatisticsGradientOperation, [first, mean, dmean ?? zero, dvariance ?? zero], {});
  return graph.apply(padChannelsOperation, [gradient], { start: 0, channels: channelsOf(stack.type) })[0];
}
