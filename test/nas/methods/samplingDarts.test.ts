import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/engine/random/random.js';
import type { Problem } from '../../../src/nas/methods/method.js';
import { methodByName } from '../../../src/nas/methods/methods.js';
import { spaceByName } from '../../../src/nas/spaces/space.js';
import { problemWith } from './problems.js';

const space = spaceByName('darts');

/** An accuracy from an effect of every option of every choice, and noise of short training. */
function syntheticProblem(seed: number, parts: Partial<Problem> = {}): Problem {
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

const cases: [string, object][] = [
  ['regularized-evolution', {}],
  ['local-search', { improvement: 'first' }],
  ['reinforce', { learningRate: 0.1 }],
  ['bohb', {}],
  ['nsga2', { population: 20, offspring: 10 }],
  ['nsganet', { population: 20, offspring: 10 }],
  ['weaknas', { predictor: 'bayesian-linear', encoding: 'one-hot', pool: 1000, initial: 30 }],
];

/** Mean over seeds of the accuracies of the last half of 150 evaluations. */
async function late(name: string, options: object): Promise<number> {
  let sum = 0;
  for (let seed = 0; seed < 3; seed++) {
    const method = methodByName(name);
    const search = method.start(
      syntheticProblem(seed, { limits: { evaluations: 150 } }),
      method.options.parse(options),
    );
    while (await search.step());
    const { evaluations } = search.result();
    search.dispose?.();
    expect(evaluations).toHaveLength(150);
    for (const { architecture } of evaluations) expect(space.format(space.parse(architecture))).toBe(architecture);
    sum += evaluations.slice(75).reduce((total, { fitness }) => total + fitness, 0) / 75 / 3;
  }
  return sum;
}

describe('on the DARTS space with a known accuracy', () => {
  it.each(cases)('%s %j proposes better genotypes late than random search does', async (name, options) => {
    // Random genotypes have a standard deviation of 0.05, their mean over 75 one of 0.006.
    expect(await late(name, options)).toBeGreaterThan((await late('random', {})) + 0.015);
  });

  it.each([
    ['random', { samples: 30 }],
    ['random', { samples: 30, sampling: 'alphas' }],
    ['bohb-published', {}],
    ...cases,
  ] as [string, object][])('%s %j ends the same when it is broken off and taken up again', async (name, given) => {
    const method = methodByName(name);
    const options = method.options.parse(given);
    const limits = { evaluations: 45 };
    const whole = method.start(syntheticProblem(5, { limits }), options);
    while (await whole.step());
    const first = method.start(syntheticProblem(5, { limits }), options);
    for (let i = 0; i < 33; i++) await first.step();
    const second = method.start(syntheticProblem(5, { limits }), options);
    await second.restore(JSON.parse(JSON.stringify(await first.save())));
    while (await second.step());
    expect(second.result()).toEqual(whole.result());
    for (const each of [whole, first, second]) each.dispose?.();
  });

  it.each(['random-forest', 'gradient-boosting', 'knn', 'gaussian-process'])(
    'weaknas works with %s and the encodings of graphs',
    async (predictor) => {
      for (const encoding of ['adjacency', 'path']) {
        const method = methodByName('weaknas');
        const options = method.options.parse({ predictor, encoding, pool: 100, evaluations: 20 });
        const search = method.start(syntheticProblem(1), options);
        while (await search.step());
        expect(new Set(search.result().evaluations.map(({ architecture }) => architecture)).size).toBe(20);
        search.dispose?.();
      }
    },
  );

  it('gives the choices as many options as they have, so that every draw is an architecture', () => {
    const random = new Random(2, 'decisions');
    for (let i = 0; i < 200; i++) {
      const decisions = space.choices.map(({ options }) => random.integer(options.length));
      expect(space.decisions(space.parse(space.format(space.fromDecisions(decisions))))).toEqual(decisions);
    }
  });
});
