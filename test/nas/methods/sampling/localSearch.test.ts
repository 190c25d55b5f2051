import { describe, expect, it } from 'vitest';
import { localSearch, neighbours } from '../../../../src/nas/methods/sampling/localSearch.js';
import type { Cell } from '../../../../src/nas/spaces/nasbench201/cell.js';
import type { Choice, Space } from '../../../../src/nas/spaces/shared/space.js';
import { searchPlanted } from '../planted.js';
import { problemWith, space } from '../problems.js';

const distance = (a: string, b: string) => {
  const [left, right] = [space.parse(a) as Cell, space.parse(b) as Cell];
  return left.filter((operation, edge) => operation !== right[edge]).length;
};

/** Two bits: four architectures in all. */
const bits = {
  ...space,
  name: 'bits',
  size: 4,
  choices: ['left', 'right'].map((name): Choice => ({ name, options: ['0', '1'] })),
  random: (random) => [random.integer(2), random.integer(2)],
  parse: (text: string) => [...text].map(Number),
  format: (architecture: unknown) => (architecture as number[]).join(''),
  decisions: (architecture: unknown) => architecture as number[],
  fromDecisions: (decisions: readonly number[]) => [...decisions],
} satisfies Space;

describe('local search', () => {
  it('finds all 24 cells that differ in one edge', () => {
    const text = space.format(space.fromDecisions([0, 1, 2, 3, 4, 0]));
    const around = neighbours(space, text);
    expect(new Set(around).size).toBe(24);
    expect(around.every((other) => distance(text, other) === 1)).toBe(true);
  });

  it('evaluates a cell and all its neighbours, then all new neighbours of the best of these', async () => {
    const { evaluations } = await searchPlanted(localSearch, {}, 2);
    const [start, ...rest] = evaluations;
    const around = rest.slice(0, 24);
    expect(new Set(around.map(({ architecture }) => architecture))).toEqual(
      new Set(neighbours(space, start.architecture)),
    );
    const best = around.reduce((a, b) => (b.fitness > a.fitness ? b : a));
    expect(best.fitness).toBeGreaterThan(start.fitness);
    // On the changed edge, three of its four neighbours and the start itself are known: 24 - 4 are new.
    const next = rest.slice(24, 44);
    expect(next.every(({ architecture }) => distance(architecture, best.architecture) === 1)).toBe(true);
  });

  it('moves immediately to a better neighbour if the first improvement is requested', async () => {
    const { evaluations } = await searchPlanted(localSearch, { improvement: 'first' }, 2);
    let here = evaluations[0];
    for (const next of evaluations.slice(1, 30)) {
      expect(distance(here.architecture, next.architecture)).toBe(1);
      if (next.fitness > here.fitness) here = next;
    }
    expect(here.fitness).toBeGreaterThan(evaluations[0].fitness);
  });

  it('restarts if no neighbour is better, evaluates nothing twice and ends when the space is exhausted', async () => {
    const evaluated: string[] = [];
    // 00 and 11 are both better than their neighbours.
    const problem = problemWith({
      space: bits,
      evaluate: async (architecture) => {
        evaluated.push(bits.format(architecture));
        return { accuracy: { '00': 0.5, '01': 0.1, '10': 0.2, '11': 0.9 }[evaluated.at(-1)!]! };
      },
    });
    const search = localSearch.start(problem, localSearch.options.parse({}));
    while (await search.step());
    expect([...evaluated].sort()).toEqual(['00', '01', '10', '11']);
    expect(search.result().architecture).toBe('11');
  });
});
