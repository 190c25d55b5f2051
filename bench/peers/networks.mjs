import { dartsLogits } from './darts.mjs';
import { nasbench201Logits } from './nasbench201.mjs';
import { resnetLogits } from './resnet.mjs';

const logits = {
  resnet20: resnetLogits,
  nasbench201: nasbench201Logits,
  nasbench201Supernet: nasbench201Logits,
  dartsSupernet: dartsLogits,
};

/**
 * Logits of a batch on any framework's operations.
 * @param ops relu, conv(x, w, { stride, dilation, groups }) padded to keep the size at stride 1, batchNorm(x, gamma, beta) by
 *   the batch's own statistics, averagePool3x3(x, stride), maxPool3x3(x, stride), halve, add, concat(values), withoutFirst(x)
 *   without its first row and column, meanOfPixels, linear(x, w, b); for supernets mixture(alphas) and weighted(terms, mixture),
 *   terms being [edge, operation, value]
 * @param workload a step
 * @param weights by the engine's names of variables
 * @param alphas tables of architecture parameters by name; empty for a network
 */
export function logitsOf(ops, workload, weights, alphas, x) {
  return logits[workload.network](ops, workload, weightsOf(weights), alphas, x);
}

/** Looks up weights by name, with an error that names missing ones. */
function weightsOf(weights) {
  return (name, required = true) => {
    const value = weights[name];
    if (value === undefined && required)
      throw new Error(
        `no weights "${name}"; the engine's network has ${Object.keys(weights).slice(0, 5).join(', ')}, ...`,
      );
    return value;
  };
}
