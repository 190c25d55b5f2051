import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/engine/random/random.js';
import { compare, randomSharing } from '../../../../src/nas/methods/sharedWeights/randomSharing.js';
import type { SharedWork } from '../../../../src/nas/methods/sharedWeights/sharedWeightsSearch.js';
import { binned, generation, spos } from '../../../../src/nas/methods/sharedWeights/spos.js';
import type { EvaluationRecord } from '../../../../src/nas/records/outcome.js';
import type { Cell } from '../../../../src/nas/spaces/nasbench201/cell.js';
import { problemWith, space } from '../problems.js';

/** Trained weights with which an architecture has a given accuracy on each of four batches. */
function workOf(accuracy: (text: string, batch: number) => number) {
  const evaluations: EvaluationRecord[] = [];
  const measured: { text: string; batches?: readonly number[] }[] = [];
  const all = [0, 1, 2, 3];
  const work: SharedWork = {
    random: new Random(7, 'selection'),
    batches: all.length,
    epoch: 2,
    epochs: 2,
    steps: 10,
    evaluations,
    measure: async (architecture, batches) => {
      const text = space.format(architecture);
      measured.push({ text, batches });
      const chosen = batches ?? all;
      return chosen.reduce((sum, batch) => sum + accuracy(text, batch) / chosen.length, 0);
    },
    record: (architecture, fitness) => evaluations.push({ architecture: space.format(architecture), fitness }),
  };
  return { work, evaluations, measured };
}

const convolutions = (cell: unknown) => (cell as Cell).filter((operation) => operation === 3).length;
const problem = problemWith({
  evaluate: () => Promise.reject(new Error('nothing is trained')),
  costs: ['parameters', 'multiplyAdds'],
  cost: convolutions,
});

describe('the selection of random search with shared weights', () => {
  const drawn = [0, 1, 2, 3, 4].map((index) => space.fromDecisions([index, 0, 0, 0, 0, 0]));

  it('evaluates all on one batch, and the best of these on all batches', async () => {
    const { work, evaluations, measured } = workOf(
      (text, batch) => drawn.findIndex((c) => space.format(c) === text) / 10 + batch / 100,
    );
    await compare(work, drawn, 2);
    const [{ batches }] = measured;
    expect(batches).toHaveLength(1);
    expect(measured.slice(0, 5).map((each) => each.batches)).toEqual(Array(5).fill(batches));
    expect(measured.slice(5)).toEqual(
      [4, 3].map((index) => ({ text: space.format(drawn[index]), batches: undefined })),
    );
    expect(evaluations.map(({ fitness }) => fitness)).toEqual([0.415, 0.315].map((value) => expect.closeTo(value, 9)));
  });

  it('records every architecture by its batch if none is to be evaluated on all batches', async () => {
    const { work, evaluations, measured } = workOf(() => 0.5);
    await compare(work, drawn, 0);
    expect(evaluations.map(({ architecture }) => architecture)).toEqual(drawn.map((each) => space.format(each)));
    expect(measured).toHaveLength(5);
  });

  it('has the published numbers as defaults', () => {
    expect(randomSharing.options.parse({})).toEqual({ candidates: 1000, finalists: 10, checkpoint: false });
  });
});

describe('the evolution of single path one-shot', () => {
  const settings = (given: object = {}) =>
    spos.options.parse({ population: 12, parents: 1, mutations: 4, crossovers: 4, ...given });
  const byConvolutions = (text: string) => convolutions(space.parse(text)) / 10;

  it('evaluates a random generation, then mutants and children of the best so far, none twice', async () => {
    const { work, evaluations } = workOf(byConvolutions);
    await generation(problem, settings(), work);
    expect(evaluations).toHaveLength(12);
    const best = [...evaluations].sort((a, b) => b.fitness - a.fitness)[0];
    await generation(problem, settings({ mutationProbability: 0.3 }), work);
    expect(evaluations).toHaveLength(24);
    expect(new Set(evaluations.map(({ architecture }) => architecture)).size).toBe(24);
    const parent = space.parse(best.architecture) as Cell;
    const distance = ({ architecture }: EvaluationRecord) =>
      (space.parse(architecture) as Cell).filter((operation, edge) => operation !== parent[edge]).length;
    const mean = (of: readonly EvaluationRecord[]) => of.reduce((sum, each) => sum + distance(each) / of.length, 0);
    // Of six choices, mutation resamples 1.8 of five options each: 1.44 differ, while random cells differ in 4.8.
    expect(mean(evaluations.slice(12, 16))).toBeLessThan(2.6);
    expect(mean(evaluations.slice(16))).toBeGreaterThan(3.5);
  });

  it('takes every choice of a child from one of its parents', async () => {
    const { work, evaluations } = workOf(byConvolutions);
    const parents = [space.fromDecisions([1, 1, 1, 1, 1, 1]), space.fromDecisions([3, 3, 3, 3, 3, 3])];
    for (const parent of parents) work.record(parent, 0.9);
    await generation(problem, settings({ population: 8, parents: 2, mutations: 0, crossovers: 8 }), work);
    const children = evaluations.slice(2).map(({ architecture }) => space.parse(architecture) as Cell);
    expect(children).toHaveLength(8);
    expect(children.flat().every((operation) => operation === 1 || operation === 3)).toBe(true);
  });

  it('respects cost limits, and reports if no architecture does', async () => {
    const { work, evaluations } = workOf(byConvolutions);
    for (let round = 0; round < 3; round++) await generation(problem, settings({ maxMultiplyAdds: 2 }), work);
    expect(evaluations).toHaveLength(36);
    expect(Math.max(...evaluations.map(({ architecture }) => convolutions(space.parse(architecture))))).toBe(2);
    const impossible = { ...problem, cost: () => 5 };
    await expect(generation(impossible, settings({ maxParameters: 4 }), workOf(byConvolutions).work)).rejects.toThrow(
      'none of 10000 random architectures is within the limits of cost',
    );
  });

  it('samples from bins of multiply-adds about equally often, where uniform sampling is uneven', () => {
    const random = new Random(1, 'draws');
    const squares = { ...problem, cost: (cell: unknown) => convolutions(cell) ** 2 };
    const share = (draw: (random: Random) => unknown) => {
      let count = 0;
      for (let i = 0; i < 600; i++) if (convolutions(draw(random)) === 3) count++;
      return count / 600;
    };
    // From 0 to 9, the most of all but five in a hundred cells, the last of three bins has three convolutions alone.
    expect(share((r) => space.random(r))).toBeLessThan(0.12);
    const binnedShare = share(binned(squares, { bins: 3 }));
    expect(binnedShare).toBeGreaterThan(0.27);
    expect(binnedShare).toBeLessThan(0.4);
  });

  it('has the published numbers as defaults', () => {
    expect(spos.options.parse({})).toMatchObject({
      population: 50,
      generations: 20,
      parents: 10,
      mutations: 25,
      mutationProbability: 0.1,
      crossovers: 25,
    });
  });
});
