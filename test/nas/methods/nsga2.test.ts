import { describe, expect, it } from 'vitest';
import { methodByName } from '../../../src/nas/methods/methods.js';
import { nsga2 } from '../../../src/nas/methods/nsga2.js';
import { hypervolume, paretoFront } from '../../../src/nas/methods/pareto.js';
import { spaceByName } from '../../../src/nas/spaces/space.js';
import type { EvaluationRecord } from '../../../src/nas/transfer/results.js';
import { plantedProblem, searchPlanted } from './planted.js';
import { problemWith, space } from './problems.js';

const dartsSpace = spaceByName('darts');
const problem = plantedProblem(0);
const cost = (text: string) => problem.cost(space.parse(text), 'parameters');
const pointsOf = (evaluations: readonly EvaluationRecord[]) =>
  evaluations.map(({ architecture, fitness }) => [-fitness, cost(architecture)]);

describe('NSGA-II', () => {
  it('evaluates no cell twice and gives the front of all it evaluated, the most accurate first', async () => {
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

  it('breeds children from their parents alone when nothing mutates', async () => {
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

  it('takes several costs, and refuses one that the problem has not before it evaluates anything', async () => {
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
    expect(() => nsga2.options.parse({ objectives: ['mflops', 'mflops'] })).toThrow('an objective stands twice');
  });
});
