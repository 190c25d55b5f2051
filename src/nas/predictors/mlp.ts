import { z } from 'zod';
import { VariableSet } from '../../engine/graph/variables.js';
import { Linear } from '../../engine/nn/linear.js';
import { relu } from '../../engine/ops/elementwise/relu.js';
import { NetworkRegressor, type PredictorNetwork } from './networkRegressor.js';
import type { Predictor } from './predictor.js';

const options = z.strictObject({
  hidden: z
    .array(z.int().min(1))
    .default([100, 100, 100, 100])
    .describe('units of the hidden layers; published: 1000, 1000, 1000, 1000'),
  epochs: z.int().min(1).default(100).describe('epochs of one full-batch step each; published: batches of 200'),
  learningRate: z.number().positive().default(1e-3),
  weightDecay: z.number().min(0).default(1e-4).describe('weight decay, added to the gradient'),
});
type MlpOptions = z.infer<typeof options>;

const NAME = 'mlp';

/** A multilayer perceptron: the weak predictor of WeakNAS (Wu et al. 2021, 2102.10490), by default a tenth as wide. */
export const mlp: Predictor<MlpOptions> = {
  name: NAME,
  options,
  needsEngine: true,
  encoding: 'one-hot',
  create: (context, chosen) => new NetworkRegressor(NAME, context, chosen, (width) => mlpNetwork(width, chosen.hidden)),
};

/** Fully connected layers with ReLU between them. */
export function mlpNetwork(width: number, hidden: readonly number[]): PredictorNetwork {
  const weights = new VariableSet(NAME);
  const sizes = [width, ...hidden, 1];
  const layers = sizes
    .slice(1)
    .map((outputs, index) => new Linear(weights, `layer ${index + 1}`, { inputs: sizes[index], outputs }));
  return {
    weights,
    inputs: width,
    forward: (x) => layers.reduce((y, layer, index) => layer.forward(index === 0 ? y : relu(y)), x),
  };
}
