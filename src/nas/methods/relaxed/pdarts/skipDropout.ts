import type { Graph, Value } from '../../../../engine/graph/graph.js';
import { dropout } from '../../../../engine/ops/random/dropout.js';
import type { Supernet } from '../../../networks/classifier.js';
import type { JointRule, Part, StepPlace } from '../../../training/bilevel/relaxedRule.js';
import { maskedSoftmax, maskedSoftmaxRows } from '../maskedSoftmax.js';
import type { Switches } from './switches.js';

/** Exponential decay of the drop-out rate per epoch once the architecture parameters are trained (P-DARTS' code). */
const DECAY = 0.2;

export interface SkipDropout {
  /** Rate of the drop-out at the start. */
  readonly initial: number;
  /** Epochs in which the weights alone are trained. */
  readonly archStart: number;
  readonly seed: number;
}

/** The rate of an epoch, counted from 0: linear decay at first, exponential once the architecture parameters are trained. */
export function skipDropoutRate({ initial, archStart }: SkipDropout, epoch: number, epochs: number): number {
  return epoch < archStart
    ? (initial * (epochs - epoch - 1)) / epochs
    : initial * Math.exp(-DECAY * (epoch - archStart));
}

const rateFeed = (part: Part) => `${part}/skip dropout`;

/**
 * The softmax over the remaining candidates of every edge, with element-wise drop-out on the output of skip connections of stride 1
 * (Chen et al. 2019, P-DARTS, section 3.4). Edges from the same node share a mask.
 */
export function droppedSkipRule(supernet: Supernet, switches: Switches, settings: SkipDropout): JointRule {
  const { alphas } = supernet;
  return {
    updates: 'joint',
    parameters: alphas,
    trace: (graph, part) => ({
      mixture: {
        weights: alphas.variables.map((alpha, i) => maskedSoftmax(graph.read(alpha), switches[i])),
        skip: settings.initial > 0 ? dropped(graph, part, settings.seed) : undefined,
      },
    }),
    feeds: ({ part, epoch, epochs }: StepPlace) => ({ [rateFeed(part)]: skipDropoutRate(settings, epoch, epochs) }),
    operationScores: (parameters) =>
      alphas.variables.map(({ type }, i) => maskedSoftmaxRows(parameters[i], type.shape[1], switches[i])),
  };
}

function dropped(graph: Graph, part: Part, seed: number): (node: Value) => Value {
  let place = 0;
  return (node) => {
    const [rate, step] = [graph.feed(rateFeed(part)), graph.feed('step', [], 'u32')];
    return dropout(node, rate, step, { seed, purpose: `skip dropout ${part} ${place++}` });
  };
}
