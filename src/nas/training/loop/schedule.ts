import type { VariableSet } from '../../../engine/graph/variables.js';
import { constant, cosine, linear, type Schedule } from '../../../engine/optim/schedules.js';
import { Sgd } from '../../../engine/optim/sgd.js';
import type { Protocol } from '../../records/protocol.js';

/** The learning rate schedule of a protocol. @param steps optimiser steps of the whole training */
export function learningRateOf({ optimizer, schedule }: Protocol, steps: number): Schedule {
  const settings = { initial: optimizer.learningRate, final: schedule.final, steps };
  if (schedule.kind === 'cosine') return cosine(settings);
  if (schedule.kind === 'linear') return linear(settings);
  return constant(settings);
}

/** The optimiser of a protocol: SGD on a network's weights, not yet allocated. @param steps of the whole training */
export function optimizerOf(protocol: Protocol, weights: VariableSet, steps: number): Sgd {
  const { momentum, nesterov, weightDecay, clipNorm } = protocol.optimizer;
  return new Sgd(weights, { learningRate: learningRateOf(protocol, steps), momentum, nesterov, weightDecay, clipNorm });
}
