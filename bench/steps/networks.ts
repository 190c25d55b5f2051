import { Graph } from '../../src/engine/graph/graph.js';
import { logicalSize } from '../../src/engine/graph/types.js';
import type { VariableSet } from '../../src/engine/graph/variables.js';
import type { Classifier, SupernetOptions } from '../../src/nas/networks/classifier.js';
import { dartsSupernet } from '../../src/nas/spaces/darts/supernet.js';
import { nasbench201 } from '../../src/nas/spaces/nasbench201/space.js';
import { resnet } from './resnet20.js';
import type { StepWorkload } from './workloads.js';

/** A network of a step; supernets have architecture parameters. */
export type StepNetwork = Classifier & { readonly alphas?: VariableSet };

/** As the published searches: no scale and shift in candidates, batches normalised by themselves. */
const SUPERNET_OPTIONS: SupernetOptions = { affine: false, batchNorm: 'batch' };

export function networkOf(workload: StepWorkload): StepNetwork {
  switch (workload.network) {
    case 'resnet20':
      return resnet(workload);
    case 'nasbench201':
      return nasbench201.network(nasbench201.parse(workload.architecture ?? ''), workload);
    case 'nasbench201Supernet':
      return nasbench201.supernet(workload, SUPERNET_OPTIONS);
    case 'dartsSupernet':
      return dartsSupernet(workload, SUPERNET_OPTIONS);
  }
}

/** Trainable numbers: weights and architecture parameters. */
export function countParameters({ weights, alphas }: StepNetwork): number {
  return [...weights.variables, ...(alphas?.variables ?? [])].reduce((sum, { type }) => sum + logicalSize(type), 0);
}

/** Multiply-adds of one image's forward pass, from the operations of the traced network. */
export function countMultiplyAdds(workload: StepWorkload): number {
  const { size, imageChannels } = workload;
  const graph = new Graph();
  networkOf(workload).forward(graph.feed('images', [1, size, size, imageChannels]), 'train');
  let multiplyAdds = 0;
  for (const { operation, inputs, outputs, attributes } of graph.nodes)
    multiplyAdds += operation.cost(
      inputs.map(({ type }) => type),
      outputs.map(({ type }) => type),
      attributes,
    ).multiplyAdds;
  return multiplyAdds;
}

/**
 * Floating-point operations of a step: two a multiply-add; a backward pass counts twice its forward pass, but only once where
 * it leaves out the gradients of the weights, as a step on architecture parameters may.
 */
export function stepFlops(workload: StepWorkload): number {
  const passes = workload.update === 'bilevel' ? 2 + 3 : 3;
  return 2 * passes * workload.batch * countMultiplyAdds(workload);
}
