import { Random } from '../../../../src/engine/random/random.js';
import type { Problem } from '../../../../src/nas/search/problem.js';
import { spaceByName } from '../../../../src/nas/spaces/spaces.js';
import { problemWith } from '../problems.js';

export const space = spaceByName('darts');

/** A problem on the DARTS space: an accuracy from an effect of every option of every choice, and noise of short training. */
export function syntheticProblem(seed: number, parts: Partial<Problem> = {}): Problem {
  const random = new Random(seed, 'effects');
  const effects = space.choices.map(({ options }) => options.map(() => random.normal()));
  return problemWith({
    space,
    seed,
    epochs: [1, 3, 9],
    costs: ['multiplyAdds', 'parameters'],
    cost: (genotype, name) =>
      space.count(genotype, { channels: 4, cells: 3, classes: 4, size: 8, imageChannels: 3 })[name as 'parameters'],
    evaluate: async (genotype, { epochs = 9, seedOffset }) => {
      const sum = space.decisions(genotype).reduce((total, option, choice) => total + effects[choice][option], 0);
      const noise = new Random(seed, `noise ${seedOffset}`).normal() / epochs;
      return { accuracy: 0.5 + 0.01 * (sum + noise), seconds: epochs };
    },
    ...parts,
  });
}

/** Methods without training, and options to compare them on this problem. */
export const cases: [string, object][] = [
  ['regularized-evolution', {}],
  ['local-search', { improvement: 'first' }],
  ['reinforce', { learningRate: 0.1 }],
  ['bohb', {}],
  ['nsga2', { population: 20, offspring: 10 }],
  ['nsganet', { population: 20, offspring: 10 }],
  ['weaknas', { predictor: 'bayesian-linear', encoding: 'one-hot', pool: 1000, initial: 30 }],
];
