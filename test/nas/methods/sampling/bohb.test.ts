import { describe, expect, it } from 'vitest';
import { bohb } from '../../../../src/nas/methods/sampling/bohb/bohb.js';
import { bohbPublished } from '../../../../src/nas/methods/sampling/bohb/bohbPublished.js';
import { hyperband, ladder, placeAfter } from '../../../../src/nas/methods/sampling/bohb/hyperband.js';
import { kernelDensity } from '../../../../src/nas/methods/sampling/bohb/kernelDensity.js';
import { fitModel, highestModel } from '../../../../src/nas/methods/sampling/bohb/model.js';
import golden from '../golden/kernelDensity.json' with { type: 'json' };
import { searchPlanted } from '../planted.js';
import { space } from '../problems.js';

describe('kernel densities', () => {
  const cases: [keyof typeof golden, 'space' | 'data'][] = [
    ['spread', 'data'],
    ['spread', 'space'],
    ['missing', 'data'],
  ];
  it.each(cases)('of data "%s" with levels of the %s equal those of statsmodels', (name, levels) => {
    const { sizes, data, bandwidths, queries, densities } = golden[name];
    const kernels = kernelDensity(data, sizes, { minimumBandwidth: 1e-3, levels });
    bandwidths.forEach((bandwidth, i) => {
      expect(kernels.bandwidths[i]).toBeCloseTo(bandwidth, 12);
    });
    queries.forEach((query, i) => {
      expect(kernels.density(query)).toBeCloseTo(densities[i], 12);
    });
  });

  it('sum to 1 over the space and are nowhere negative, for any options missing in the data', () => {
    const { sizes, data } = golden.missing;
    const kernels = kernelDensity(data, sizes, { minimumBandwidth: 1e-3, levels: 'space' });
    let sum = 0;
    for (let a = 0; a < 5; a++)
      for (let b = 0; b < 5; b++)
        for (let c = 0; c < 3; c++) {
          const density = kernels.density([a, b, c]);
          expect(density).toBeGreaterThan(0);
          sum += density;
        }
    expect(sum).toBeCloseTo(1, 12);
  });

  it('have no bandwidth below the minimum', () => {
    const kernels = kernelDensity([[1], [1], [1]], [4], { minimumBandwidth: 0.03, levels: 'space' });
    expect(kernels.bandwidths).toEqual([0.03]);
    expect(kernels.density([1])).toBeCloseTo(0.97, 12);
    expect(kernels.density([0])).toBeCloseTo(0.01, 12);
  });
});

describe('the model', () => {
  const kernel = { minimumBandwidth: 1e-3, levels: 'space' } as const;
  const results = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ decisions: [i % 3, i % 2], fitness: ((7 * i) % count) / count }));

  it('needs d + 1 results on either side, and counts the best 15 % as good', () => {
    expect(fitModel(results(5), [3, 2], 0.15, kernel)).toBeUndefined();
    const small = fitModel(results(6), [3, 2], 0.15, kernel)!;
    expect([small.good.data.length, small.bad.data.length]).toEqual([3, 3]);
    const large = fitModel(results(100), [3, 2], 0.15, kernel)!;
    expect([large.good.data.length, large.bad.data.length]).toEqual([15, 85]);
    const best = results(100).toSorted((a, b) => b.fitness - a.fitness);
    expect(large.good.data).toEqual(best.slice(0, 15).map(({ decisions }) => decisions));
  });

  it('is that of the highest rung that has one', () => {
    const rungs = [...Array(20).fill(0), ...Array(8).fill(1), ...Array(2).fill(2)];
    const model = highestModel(results(30), rungs, (part) => fitModel(part, [3, 2], 0.15, kernel))!;
    expect(model.good.data.length + model.bad.data.length).toBe(3 + 5);
    expect(highestModel([], [], () => undefined)).toBeUndefined();
  });
});

describe('Hyperband', () => {
  it('has the brackets of HpBandSter', () => {
    // hpbandster.optimizers.BOHB.get_next_iteration, eta 3: three and four rungs.
    expect(hyperband(3, 3).map(({ sizes }) => sizes)).toEqual([[9, 3, 1], [3, 1], [3]]);
    expect(hyperband(4, 3).map(({ sizes }) => sizes)).toEqual([[27, 9, 3, 1], [9, 3, 1], [6, 2], [4]]);
    expect(hyperband(3, 3).map(({ first }) => first)).toEqual([0, 1, 2]);
    expect(hyperband(1, 3)).toEqual([{ first: 0, sizes: [1] }]);
  });

  it('has rungs at the available training lengths, each at least eta times the one before', () => {
    expect(ladder([4, 12, 36, 108], 3)).toEqual([4, 12, 36, 108]);
    expect(ladder([12, 200], 3)).toEqual([12, 200]);
    expect(ladder([12, 25, 50, 100, 200], 3)).toEqual([12, 50, 200]);
    expect(ladder([200], 3)).toEqual([200]);
  });

  it('promotes the best, in the order of their evaluation, and continues with the next bracket', () => {
    const brackets = hyperband(2, 2);
    expect(brackets.map(({ sizes }) => sizes)).toEqual([[2, 1], [2]]);
    const done = [0.3, 0.7, 0.9, 0.1, 0.2].map((fitness, id) => ({ id, fitness }));
    expect(placeAfter(done.slice(0, 1), brackets)).toEqual({ rungs: [0], rung: 0 });
    expect(placeAfter(done.slice(0, 2), brackets)).toEqual({ rungs: [0, 0], rung: 1, promoted: done[1] });
    expect(placeAfter(done.slice(0, 3), brackets)).toEqual({ rungs: [0, 0, 1], rung: 1 });
    expect(placeAfter(done, brackets)).toEqual({ rungs: [0, 0, 1, 1, 1], rung: 0 });
  });
});

describe('BOHB', () => {
  it('trains many briefly and the best of them for longer; its result is the best at the longest training', async () => {
    const { architecture, evaluations } = await searchPlanted(bohb, { brackets: 3 }, 4);
    expect(evaluations.map(({ epochs }) => epochs)).toEqual([
      ...Array(9).fill(4),
      ...Array(3).fill(12),
      36,
      ...Array(3).fill(12),
      36,
      ...Array(3).fill(36),
    ]);
    const shortest = evaluations.slice(0, 9);
    const cut = shortest.map(({ fitness }) => fitness).sort((a, b) => b - a)[2];
    const on = shortest.filter(({ fitness }) => fitness >= cut).map((evaluation) => evaluation.architecture);
    expect(evaluations.slice(9, 12).map((evaluation) => evaluation.architecture)).toEqual(on);
    const longest = evaluations.filter(({ epochs }) => epochs === 36).toSorted((a, b) => b.fitness - a.fitness);
    expect(architecture).toBe(longest[0].architecture);
  });

  it('returns the best at the longest training reached if a limit ends it before the last rung', async () => {
    const { architecture, evaluations } = await searchPlanted(bohb, {}, 4, { limits: { evaluations: 11 } });
    const longest = evaluations.filter(({ epochs }) => epochs === 12).toSorted((a, b) => b.fitness - a.fitness);
    expect(longest).toHaveLength(2);
    expect(architecture).toBe(longest[0].architecture);
  });

  it('proposes no cell again that was evaluated before, if all new ones come from the model', async () => {
    const { evaluations } = await searchPlanted(bohb, { randomFraction: 0 }, 2, {
      epochs: [36],
      limits: { evaluations: 400 },
    });
    const first = evaluations.slice(0, 14).map(({ architecture }) => architecture);
    const later = evaluations.slice(14).map(({ architecture }) => architecture);
    expect(new Set(later).size).toBe(later.length);
    expect(later.some((architecture) => first.includes(architecture))).toBe(false);
  });

  it('has the defaults of HpBandSter', () => {
    expect(bohb.options.parse({})).toEqual({
      eta: 3,
      samples: 64,
      randomFraction: 1 / 3,
      goodFraction: 0.15,
      minimumBandwidth: 1e-3,
      brackets: 50,
    });
  });

  it('as published trains every cell in full, again on promotion, with the settings of NAS-Bench-201', async () => {
    expect(bohbPublished.options.parse({})).toEqual({ samples: 4, randomFraction: 0, brackets: 50 });
    const { architecture, evaluations } = await searchPlanted(bohbPublished, { brackets: 3 }, 4);
    expect(evaluations).toHaveLength(20);
    expect(evaluations.every(({ epochs, seconds }) => epochs === undefined && seconds === 36)).toBe(true);
    const best = evaluations.toSorted((a, b) => b.fitness - a.fitness)[0];
    expect(architecture).toBe(best.architecture);
    expect(
      evaluations.slice(0, 12).filter((evaluation) => evaluation.architecture === evaluations[12].architecture),
    ).toHaveLength(2);
    expect(space.format(space.parse(architecture))).toBe(architecture);
  });
});
