import { grouped } from '../progress/numbers.js';
import type { Rung } from './sizes.js';

/**
 * Learning rate of DARTS' architecture parameters. The published 3e-4 is for thousands of steps: in the dozens of steps of these
 * studies the softmax would stay close to uniform.
 */
const ALPHA_LEARNING_RATE = 0.2;

const SEEDS = 2;

/** The study file of a size: methods, sources, target and number of seeds are the same for all sizes. */
export function quickstartStudy({ size, length }: Rung, firstSeed = 0): object {
  const { channels, cells, imageSize, batch, pad } = size;
  const network = { channels, cells, imageSize, imageChannels: 1 };
  return {
    name: 'quickstart',
    methods: [
      { name: 'random', options: { perSource: true } },
      { name: 'regularized-evolution', options: { population: 4, tournament: 2, cycles: length.candidates } },
      { name: 'darts', options: { alphaLearningRate: ALPHA_LEARNING_RATE } },
    ],
    sources: [
      { name: 'emoji', set: 'emoji', limit: length.sourceImages },
      { name: 'five digits', set: 'mnist', rule: 'classes', classes: 5, limit: length.sourceImages },
    ],
    targets: [{ name: 'digits', set: 'mnist', limit: length.targetImages, testLimit: length.testImages }],
    notes: [`${alphaNote({ size, length })}.`],
    seeds: Array.from({ length: SEEDS }, (_, i) => firstSeed + i),
    search: { ...network, epochs: length.searchEpochs, batch, augmentation: { pad: 0, flip: false } },
    fitness: { epochs: length.fitnessEpochs },
    training: { ...network, epochs: length.trainingEpochs, batch, augmentation: { pad, flip: false } },
  };
}

/** Remark on the learning rate, which differs from the published one. */
export function alphaNote({ size, length }: Rung): string {
  const steps = Math.floor(length.sourceImages / 2 / size.batch) * length.searchEpochs;
  return (
    `the learning rate of DARTS' architecture parameters is ${ALPHA_LEARNING_RATE}, not the published 0.0003, because the search is short: ` +
    `in its ${grouped(steps)} steps the shares of operations would hardly change`
  );
}
