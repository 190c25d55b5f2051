import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/engine/random/random.js';
import { hypervolume, paretoFront } from '../../../../src/nas/math/pareto.js';
import { methodByName } from '../../../../src/nas/methods/methods.js';
import { nsga2, polynomialMutation } from '../../../../src/nas/methods/sampling/nsga2.js';
import { nsganet } from '../../../../src/nas/methods/sampling/nsganet.js';
import type { EvaluationRecord } from '../../../../src/nas/records/outcome.js';
import { spaceByName } from '../../../../src/nas/spaces/spaces.js';
import { plantedProblem, searchPlanted } from '../planted.js';
import { problemWith, space } from '../problems.js';

const dartsSpace = spaceByName('darts');
const problem = plantedProblem(0);
const cost = (text: string) => problem.cost(space.parse(text), 'parameters');
const pointsOf = (evaluations: readonly EvaluationRecord[]) =>
  evaluations.map(({ architecture, fitness }) => [-fitness, cost(architecture)]);

describe('NSGA-II', () => {
  it('evaluates no cell twice and returns the front of all evaluated cells, the most accurate first', async () => {
    const { architecture, evaluations, front } = await searchPlanted(nsga2, {}, 1);
    expect(evaluations).toHaveLength(40 + 29 * 20);
    expect(new Set(evaluations.map((evaluation) => evaluation.architecture)).size).toBe(evaluations.length);
    const expected = paretoFront(pointsOf(evaluations)).map((index) => evaluations[index]);
    expect(front).toHaveLength(expected.length);
    for (const { architecture: text, fitness } of expected)
      expect(front).toContainEqual({ architecture: text, objectives: { accuracy: fitness, parameters: cost(text) } });
    const accuracies = front!.map(({ objectives }) => objectives.accuracy);
    expect(accuracies).toEqual([...accuracies].sort((a, b) => b - a));
    expect(architecture).toBe(front![0].architecture);
  });

  it.each(['uniform', 'single-point', 'two-point'] as const)(
    'dominates more than as many random cells, with %s crossover, on average over seeds',
    async (crossover) => {
      let gain = 0;
      const volume = async (method: string, options: object, seed: number) => {
        const { evaluations } = await searchPlanted(methodByName(method), options, seed, {
          limits: { evaluations: 200 },
        });
        return hypervolume(pointsOf(evaluations), [0, 7]);
      };
      for (let seed = 0; seed < 10; seed++)
        gain += ((await volume('nsga2', { crossover }, seed)) - (await volume('random', {}, seed))) / 10;
      expect(gain).toBeGreaterThan(0.05);
    },
  );

  it('forms children only from their parents if nothing mutates', async () => {
    const options = { mutationProbability: 0, population: 4, offspring: 3, generations: 2 };
    const { evaluations } = await searchPlanted(nsga2, options, 8);
    const [parents, children] = [evaluations.slice(0, 4), evaluations.slice(4)];
    for (const child of children)
      space.decisions(space.parse(child.architecture)).forEach((option, choice) => {
        const inherited = parents.map(({ architecture }) => space.decisions(space.parse(architecture))[choice]);
        expect(inherited).toContain(option);
      });
  });

  it.each(['uniform', 'single-point', 'two-point'] as const)(
    'breeds and mutates genotypes of the DARTS space into others of it, with %s crossover',
    async (crossover) => {
      const evaluate = async (genotype: unknown) => ({ accuracy: dartsSpace.decisions(genotype)[11] / 7 });
      const problem = problemWith({
        space: dartsSpace,
        evaluate,
        costs: ['skips'],
        cost: (genotype) => dartsSpace.format(genotype).split('skip_connect').length - 1,
      });
      const options = {
        objectives: ['skips'],
        population: 8,
        offspring: 8,
        generations: 6,
        crossover,
        mutationProbability: 0.2,
      };
      const search = nsga2.start(problem, nsga2.options.parse(options));
      while (await search.step());
      const { evaluations } = await search.result();
      expect(new Set(evaluations!.map(({ architecture }) => architecture)).size).toBe(48);
      for (const { architecture } of evaluations!) {
        const decisions = dartsSpace.decisions(dartsSpace.parse(architecture));
        expect(dartsSpace.format(dartsSpace.fromDecisions(decisions))).toBe(architecture);
      }
    },
  );

  it('accepts several costs, and refuses one that the problem lacks before it evaluates anything', async () => {
    const parts = {
      costs: ['parameters', 'latency:phone'],
      cost: (cell: unknown, name: string) =>
        name === 'parameters' ? cost(space.format(cell)) : space.decisions(cell)[0],
    };
    const objectives = ['parameters', 'latency:phone'];
    const { front } = await searchPlanted(nsga2, { objectives, generations: 3 }, 1, parts);
    expect(Object.keys(front![0].objectives)).toEqual(['accuracy', 'parameters', 'latency:phone']);
    expect(() => nsga2.start(plantedProblem(0), nsga2.options.parse({ objectives: ['latency:tv'] }))).toThrow(
      'Cost "latency:tv" is not known, wanted one of: parameters',
    );
    expect(() => nsga2.options.parse({ objectives: ['mflops', 'mflops'] })).toThrow('an objective is listed twice');
  });
});

describe('NSGA-Net', () => {
  it.each([
    // Deb and Agrawal's equations with eta 3 on [-0.5, 6.5], evaluated by Python in float64.
    [0, 0.1, -0.390649],
    [0, 0.7, 0.839191],
    [0, 0.99, 4.366739],
    [3, 0.01, -0.262735],
    [3, 0.3, 2.223978],
    [3, 0.5, 3],
    [3, 0.9, 5.050253],
    [6, 0.1, 3.681304],
    [6, 0.9, 6.390649],
  ])('mutates option %d of seven with the draw %d to %d before rounding', (option, draw, wanted) => {
    expect(polynomialMutation(option, 7, 3, draw)).toBeCloseTo(wanted, 6);
  });

  it('never leaves the range of options, and samples near ones more often than far ones', () => {
    const random = new Random(1, 'mutation');
    const counts = Array<number>(7).fill(0);
    for (let i = 0; i < 20_000; i++) counts[Math.round(polynomialMutation(3, 7, 3, random.uniform()))]++;
    for (const end of [0, 1 - 2 ** -24])
      for (const option of [0, 6]) {
        const rounded = Math.round(polynomialMutation(option, 7, 3, end));
        expect(rounded >= 0 && rounded <= 6).toBe(true);
      }
    expect(counts.reduce((sum, count) => sum + count)).toBe(20_000);
    // Shares of 200,000 samples in Python.
    [0.0578, 0.1116, 0.1944, 0.2748, 0.1928, 0.1118, 0.0568].forEach((share, option) => {
      expect(Math.abs(counts[option] / 20_000 - share)).toBeLessThan(0.012);
    });
  });

  it('is NSGA-II with the published numbers, accuracy against multiply-adds', async () => {
    expect(nsganet.options.parse({})).toMatchObject({
      objectives: ['multiplyAdds'],
      population: 40,
      offspring: 20,
      generations: 30,
      crossover: 'two-point',
      mutation: 'polynomial',
      mutationIndex: 3,
    });
    const given = { population: 8, offspring: 4, generations: 4 };
    const parts = { costs: ['multiplyAdds'] };
    const own = await searchPlanted(nsganet, given, 2, parts);
    const front = own.front!.map(({ objectives }) => Object.keys(objectives));
    expect(front).toEqual(front.map(() => ['accuracy', 'multiplyAdds']));
    expect(own.evaluations).toHaveLength(20);
    const resetting = await searchPlanted(nsganet, { ...given, mutation: 'reset' }, 2, parts);
    expect(resetting.evaluations.slice(0, 8)).toEqual(own.evaluations.slice(0, 8));
    expect(resetting.evaluations.slice(8)).not.toEqual(own.evaluations.slice(8));
  });

  it('dominates a larger hypervolume than as many random cells, on average over seeds', async () => {
    const parts = { costs: ['multiplyAdds'], limits: { evaluations: 200 } };
    let gain = 0;
    for (let seed = 0; seed < 10; seed++) {
      const [own, random] = [
        await searchPlanted(nsganet, {}, seed, parts),
        await searchPlanted(methodByName('random'), {}, seed, parts),
      ].map(({ evaluations }) => hypervolume(pointsOf(evaluations), [0, 7]));
      gain += (own - random) / 10;
    }
    expect(gain).toBeGreaterThan(0.05);
  });
});
