import { describe, expect, it } from 'vitest';
import { methodByName } from '../../../../src/nas/methods/methods.js';
import { randomSearch } from '../../../../src/nas/methods/sampling/random.js';
import { regularizedEvolution } from '../../../../src/nas/methods/sampling/regularizedEvolution.js';
import type { SearchEvent } from '../../../../src/nas/search/events.js';
import type { Method } from '../../../../src/nas/search/method.js';
import type { Problem } from '../../../../src/nas/search/problem.js';
import type { Cell } from '../../../../src/nas/spaces/nasbench201/cell.js';
import { problemWith, space } from '../problems.js';

/** A fitness with one best cell, all 3x3 convolutions, with small noise by the seed of the evaluation. */
function fitness(cell: Cell, seedOffset: number): number {
  return cell.filter((operation) => operation === 3).length / 10 + (seedOffset % 7) / 1000;
}

function problem(seed: number, evaluated: [string, number][] = []): Problem {
  return problemWith({
    seed,
    evaluate: async (architecture, { seedOffset }) => {
      evaluated.push([space.format(architecture), seedOffset]);
      return { accuracy: fitness(architecture as Cell, seedOffset) };
    },
  });
}

async function run(method: Method, options: object, seed: number) {
  const search = method.start(problem(seed), method.options.parse(options));
  while (await search.step());
  return search.result();
}

const different = (a: string, b: string) => {
  const left = space.parse(a) as Cell;
  const right = space.parse(b) as Cell;
  return left.filter((operation, edge) => operation !== right[edge]).length;
};

describe('random search', () => {
  it('samples one cell without using the source', async () => {
    const evaluated: [string, number][] = [];
    const search = randomSearch.start(problem(3, evaluated), randomSearch.options.parse({}));
    expect(() => search.result()).toThrow('result() before the first step()');
    expect(await search.step()).toBe(false);
    expect(evaluated).toEqual([]);
    expect(space.format(space.parse(search.result().architecture))).toBe(search.result().architecture);
    expect(randomSearch.needs(randomSearch.options.parse({}))).toBe('nothing');
    expect(randomSearch.needs(randomSearch.options.parse({ samples: 2 }))).toBe('training');
  });

  it('samples the same cell with the same seed and others with other seeds', async () => {
    const draw = async (seed: number) => (await run(randomSearch, {}, seed)).architecture;
    expect(await draw(1)).toBe(await draw(1));
    expect(new Set(await Promise.all([0, 1, 2, 3, 4].map(draw))).size).toBe(5);
  });

  it('samples different cells for every source if requested, and needs only the name of the source', async () => {
    const options = randomSearch.options.parse({ perSource: true });
    expect(randomSearch.needs(options)).toBe('name');
    const draw = async (seed: number, sourceName?: string) => {
      const search = randomSearch.start({ ...problem(seed), sourceName }, options);
      await search.step();
      return search.result().architecture;
    };
    const names = ['emoji', 'mnist', 'mnist:limit=512', 'mnist:classes=5'];
    const cells = await Promise.all(names.map((name) => draw(0, name)));
    expect(new Set(cells).size).toBe(4);
    expect(await draw(0, 'emoji')).toBe(cells[0]);
    expect(await draw(1, 'emoji')).not.toBe(cells[0]);
    await expect(draw(0)).rejects.toThrow('perSource: got a problem without the name of its source');
  });

  it('samples, by random architecture parameters, every operation on every edge about equally often', async () => {
    const { evaluations } = await run(randomSearch, { samples: 600, sampling: 'alphas' }, 4);
    const counts = Array<number>(30).fill(0);
    for (const { architecture } of evaluations)
      (space.parse(architecture) as Cell).forEach((operation, edge) => {
        counts[5 * edge + operation]++;
      });
    // Expected 120, with a standard deviation of 10.
    expect(Math.min(...counts)).toBeGreaterThan(80);
    expect(Math.max(...counts)).toBeLessThan(160);
  });

  it('keeps the fittest of several samples', async () => {
    const { architecture, evaluations } = await run(randomSearch, { samples: 20 }, 4);
    expect(evaluations).toHaveLength(20);
    const best = Math.max(...evaluations.map((evaluation) => evaluation.fitness));
    expect(evaluations.find((evaluation) => evaluation.architecture === architecture)!.fitness).toBe(best);
  });
});

describe('regularised evolution', () => {
  it('mutates one edge of a cell of the population, chosen by a random tournament', async () => {
    const population = 4;
    const { evaluations } = await run(regularizedEvolution, { population, tournament: 2, cycles: 30 }, 1);
    for (let i = population; i < 30; i++) {
      const alive = evaluations.slice(i - population, i);
      const distances = alive.map((parent) => different(parent.architecture, evaluations[i].architecture));
      expect(distances).toContain(1);
    }
  });

  it('takes the fittest of the population as parent if the tournament is sure to contain it', async () => {
    const { evaluations } = await run(regularizedEvolution, { population: 3, tournament: 60, cycles: 40 }, 2);
    for (let i = 3; i < 40; i++) {
      const alive = evaluations.slice(i - 3, i);
      const parent = alive.reduce((best, next) => (next.fitness > best.fitness ? next : best));
      expect(different(parent.architecture, evaluations[i].architecture)).toBe(1);
    }
  });

  it('finds better cells than as many random draws, on average over seeds', async () => {
    const best = async (method: Method, options: object) => {
      let sum = 0;
      for (let seed = 0; seed < 20; seed++) {
        const { evaluations } = await run(method, options, seed);
        sum += Math.max(...evaluations.map((evaluation) => evaluation.fitness));
      }
      return sum / 20;
    };
    expect(await best(regularizedEvolution, { cycles: 80 })).toBeGreaterThan(
      (await best(randomSearch, { samples: 80 })) + 0.05,
    );
  });

  it('has the population and tournament of NAS-Bench-201 as defaults and refuses options it does not know', () => {
    expect(regularizedEvolution.options.parse({})).toMatchObject({ population: 10, tournament: 3 });
    expect(() => regularizedEvolution.options.parse({ populaton: 5 })).toThrow('populaton');
    expect(() => regularizedEvolution.options.parse({ cycles: 0 })).toThrow();
  });
});

describe('every sampling search', () => {
  const cases: [string, Method, object][] = [
    ['one random draw', randomSearch, {}],
    ['twelve random samples', randomSearch, { samples: 12 }],
    ['evolution', regularizedEvolution, { population: 4, tournament: 2, cycles: 12 }],
  ];

  it.each(cases)(
    '%s: stopped after any step and restored in a new search, it ends the same',
    async (_, method, given) => {
      const options = method.options.parse(given);
      const straight: [string, number][] = [];
      const whole = method.start(problem(9, straight), options);
      const total = whole.progress().total;
      while (await whole.step());

      for (let stop = 0; stop <= total; stop++) {
        const evaluated: [string, number][] = [];
        const first = method.start(problem(9, evaluated), options);
        for (let i = 0; i < stop; i++) await first.step();
        const saved = JSON.parse(JSON.stringify(await first.save()));
        const second = method.start(problem(9, evaluated), options);
        await second.restore(saved);
        expect(second.progress().done).toBe(stop);
        while (await second.step());
        expect(second.result()).toEqual(whole.result());
        expect(evaluated).toEqual(straight);
      }
    },
  );

  it('reports each evaluation when it is done and gives each its own seed', async () => {
    const events: SearchEvent[] = [];
    const evaluated: [string, number][] = [];
    const options = regularizedEvolution.options.parse({ cycles: 12 });
    const search = regularizedEvolution.start(
      { ...problem(0, evaluated), report: (event) => events.push(event) },
      options,
    );
    while (await search.step());
    expect(events.filter(({ kind }) => kind === 'evaluation')).toHaveLength(12);
    // Every evaluation is announced, and its end told before its result.
    const order = events.map((event) => (event.kind === 'phase' ? `${event.state} ${event.index}` : event.kind));
    const wanted = Array.from({ length: 12 }, (_, i) => [`start ${i + 1}`, `end ${i + 1}`, 'evaluation']);
    expect(order).toEqual(wanted.flat());
    expect(events.at(-1)).toMatchObject({ kind: 'evaluation', done: 12, total: 12 });
    expect(evaluated.map(([, seedOffset]) => seedOffset)).toEqual([...Array(12).keys()]);
  });

  it('refuses the state of another method and a fitness that is not a number', async () => {
    const evolution = regularizedEvolution.start(problem(0), regularizedEvolution.options.parse({}));
    expect(() =>
      randomSearch.start(problem(0), randomSearch.options.parse({ samples: 2 })).restore(evolution.save() as never),
    ).toThrow('got the state of "regularized-evolution", wanted one of "random"');
    const diverging = { ...problem(0), evaluate: async () => ({ accuracy: Number.NaN }) };
    const search = regularizedEvolution.start(diverging, regularizedEvolution.options.parse({}));
    await expect(search.step()).rejects.toThrow('is NaN, wanted a finite number');
  });

  it('is found by name, and an unknown method is named in the error', () => {
    expect(methodByName('random')).toBe(randomSearch);
    expect(() => methodByName('simulated-annealing')).toThrow('Method "simulated-annealing" is not known');
  });
});
