import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOfTau } from '../../../src/nas/math/kendall.js';
import type { SearchJob, TransferJob } from '../../../src/nas/transfer/results.js';
import {
  kendallTauB,
  relativeImprovement,
  searchAccuracy,
  spread,
  summarise,
} from '../../../src/nas/transfer/statistics.js';

describe('spread', () => {
  it('gives the mean and the sample standard deviation', () => {
    // python3 -c "import statistics as s; v=[.1,.4,.35,.2]; print(s.mean(v), s.stdev(v))"
    const { mean, deviation, count } = spread([0.1, 0.4, 0.35, 0.2]);
    expect(mean).toBeCloseTo(0.2625, 12);
    expect(deviation).toBeCloseTo(0.13768926368215256, 12);
    expect(count).toBe(4);
  });

  it('has standard deviation 0 for one value', () => {
    expect(spread([0.7])).toEqual({ mean: 0.7, deviation: 0, count: 1 });
  });

  it('refuses an empty list and values that are not finite', () => {
    expect(() => spread([])).toThrow(/spread: got no values/);
    expect(() => spread([1, Number.NaN])).toThrow(/spread: got the value NaN/);
  });
});

describe('kendallTauB', () => {
  // scipy 1.17.1: python3 -c "from scipy.stats import kendalltau; print(kendalltau(X, Y).statistic)"
  const golden: [string, number[], number[], number][] = [
    ['no ties', [1, 2, 3, 4, 5], [3, 1, 2, 5, 4], 0.39999999999999997],
    ['ties in one', [1, 2, 2, 4, 5, 5], [1, 2, 3, 4, 5, 6], 0.9309493362512627],
    ['ties in both', [12, 2, 1, 12, 2], [1, 4, 7, 1, 0], -0.4714045207910316],
    ['joint ties', [1, 1, 2, 2, 3, 3], [1, 1, 2, 3, 3, 3], 0.8703882797784893],
    ['reversed order', [1, 2, 3, 4], [4, 3, 2, 1], -1],
    [
      'forty values with many ties',
      [
        18, 12, 13, 17, 11, 15, 16, 4, 1, 6, 5, 17, 18, 0, 9, 16, 2, 15, 2, 9, 16, 6, 6, 5, 14, 5, 19, 8, 9, 10, 11, 11,
        10, 19, 16, 15, 14, 12, 6, 19,
      ],
      [
        17, 7, 19, 11, 17, 17, 9, -4, 0, -2, -1, 17, 26, -1, 14, 23, 7, 17, 1, 9, 12, 6, 4, 1, 22, -3, 12, 3, 17, 13,
        17, 6, 14, 17, 16, 7, 16, 18, 9, 13,
      ],
      0.5275984936455501,
    ],
  ];
  it.each(golden)('equals scipy on %s', (_, x, y, tau) => {
    expect(kendallTauB(x, y)).toBeCloseTo(tau, 12);
  });

  it('is null where scipy returns nan', () => {
    expect(kendallTauB([], [])).toBeNull();
    expect(kendallTauB([1], [2])).toBeNull();
    expect(kendallTauB([1, 1, 1], [1, 2, 3])).toBeNull();
  });

  it('is 1 of a list with itself, changes sign with the order and is symmetric', () => {
    const lists = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), { maxLength: 20 });
    fc.assert(
      fc.property(lists, (points) => {
        const x = points.map((point) => point[0]);
        const y = points.map((point) => point[1]);
        const tau = kendallTauB(x, y);
        expect(kendallTauB(y, x)).toBe(tau);
        expect([1, null]).toContain(kendallTauB(x, x));
        if (tau === null) return;
        expect(Math.abs(tau)).toBeLessThanOrEqual(1 + 1e-12);
        expect(
          kendallTauB(
            x,
            y.map((value) => -value),
          ),
        ).toBeCloseTo(-tau, 12);
      }),
    );
  });

  it('refuses lists of two lengths and NaN', () => {
    expect(() => kendallTauB([1, 2], [1])).toThrow(/got 2 and 1 values/);
    expect(() => kendallTauB([1, Number.NaN], [1, 2])).toThrow(/NaN/);
  });
});

describe('chanceOfTau', () => {
  // scipy 1.17.1: kendalltau(X, Y, method='exact', alternative='greater').pvalue
  it.each([
    [1, 3, 0.16666666666666666],
    [0.4, 5, 0.24166666666666667],
    [-1, 4, 1],
    [0.7777777777777777, 10, 0.00047315917107583776],
  ])('equals the exact one-sided test of scipy for tau %d of %i', (tau, count, probability) => {
    expect(chanceOfTau(tau, count)).toBeCloseTo(probability, 12);
  });
});

/** Eight runs with the given mean and population standard deviation. */
function eightRuns(mean: number, deviation: number): number[] {
  return Array.from({ length: 8 }, (_, run) => mean + (run % 2 === 0 ? deviation : -deviation));
}

describe('relativeImprovement', () => {
  // Accuracy in per cent of random and found cells over 8 runs, and RI, of the benchmark with Yang et al. 2020
  // (antoyang/NAS-Benchmark, Plots/data/performance).
  const published: [string, number, number, number, number, number][] = [
    ['CIFAR10 DARTS', 96.92, 0.17, 97.23, 0.18, 0.32],
    ['CIFAR10 P-DARTS', 96.62, 0.28, 97.12, 0.12, 0.52],
    ['CIFAR10 NSGANet', 96.64, 0.42, 96.18, 0.69, -0.48],
    ['CIFAR100 P-DARTS', 80.84, 0.76, 82.46, 0.68, 2.0],
    ['CIFAR100 ENAS', 80.8, 0.94, 78.02, 1.04, -3.44],
    ['Sport8 NAO', 88.05, 1.02, 86.24, 2.04, -2.05],
    ['MIT67 NSGANet', 68.82, 1.18, 70.2, 0.77, 2.0],
    ['Flowers102 CNAS', 93.36, 0.6, 91.04, 1.74, -2.48],
  ];
  it.each(published)('equals the published number for %s', (_, random, randomDeviation, method, deviation, ri) => {
    const improvement = relativeImprovement(eightRuns(method, deviation), eightRuns(random, randomDeviation));
    // Means and result are rounded to two decimals: 0.005 on each mean moves RI by 100 * 0.005 / mean each, and RI itself by 0.005.
    expect(Math.abs(improvement.mean - ri)).toBeLessThan(0.005 + (100 * 0.01) / random);
    expect(improvement.count).toBe(8);
    expect(improvement.randomCount).toBe(8);
  });

  it('propagates the standard error as linear error propagation does', () => {
    // uncertainties 3.2.3: m = ufloat(mean, stdev / sqrt(n)), r likewise; v = 100 * (m - r) / r; print(v.n, v.s)
    const three = relativeImprovement([0.71, 0.74, 0.72], [0.66, 0.7, 0.65, 0.69]);
    expect(three.mean).toBeCloseTo(7.160493827160495, 10);
    expect(three.standardError).toBeCloseTo(2.2972942784250887, 10);
    const two = relativeImprovement([0.412, 0.388], [0.401, 0.355]);
    expect(two.mean).toBeCloseTo(5.820105820105825, 10);
    expect(two.standardError).toBeCloseTo(7.178865902008987, 10);
  });

  it('has no standard error if either side has a single run', () => {
    expect(relativeImprovement([0.5], [0.4, 0.5])).not.toHaveProperty('standardError');
    expect(relativeImprovement([0.5, 0.6], [0.4])).not.toHaveProperty('standardError');
  });

  it('refuses random cells of accuracy 0', () => {
    expect(() => relativeImprovement([0.5], [0])).toThrow(/random cells have accuracy 0/);
  });
});

function job(
  method: string,
  source: string,
  target: string,
  seed: number,
  accuracy: number,
  architecture = `${source}/${seed}`,
): TransferJob {
  const searchHash = `${method}/${source}/${seed}`;
  const training = { loss: 1, parameters: 1, multiplyAdds: 1, epochs: [], architecture, seconds: 1 };
  return { hash: `${searchHash}/${target}`, searchHash, method, source, target, seed, accuracy, ...training };
}

function search(method: string, source: string, seed: number, fitness: number): SearchJob {
  const evaluations = [
    { architecture: 'b', fitness: 0.99 },
    { architecture: 'a', fitness },
  ];
  return {
    hash: `${method}/${source}/${seed}`,
    method,
    source,
    seed,
    seconds: 1,
    architecture: 'a',
    epochs: [],
    evaluations,
  };
}

const jobs = [
  job('random', 's', 't', 0, 0.5),
  job('random', 's', 't', 1, 0.54),
  job('darts', 's', 't', 0, 0.6),
  job('darts', 's', 't', 1, 0.58),
  job('evolution', 's', 't', 0, 0.55),
  job('random', 'r', 't', 0, 0.4),
  job('darts', 'r', 't', 0, 0.45),
  job('evolution', 'r', 't', 0, 0.44),
  job('darts', 'q', 't', 0, 0.47),
];

describe('summarise', () => {
  const { cells, sourceRankCorrelation, searchToTargetCorrelation } = summarise(jobs, []);
  const cell = (method: string, source: string) =>
    cells.find((candidate) => candidate.method === method && candidate.source === source);

  it('groups accuracies by method, source and target over the seeds', () => {
    expect(cells).toHaveLength(7);
    expect(cell('darts', 's')?.accuracy).toEqual(spread([0.6, 0.58]));
  });

  it('compares with random cells of the same source, or of all sources if random did not run on it', () => {
    expect(cell('darts', 's')?.relativeImprovement).toEqual(relativeImprovement([0.6, 0.58], [0.5, 0.54]));
    expect(cell('darts', 'r')?.relativeImprovement).toEqual(relativeImprovement([0.45], [0.4]));
    expect(cell('darts', 'q')?.relativeImprovement).toEqual(relativeImprovement([0.47], [0.5, 0.4, 0.54]));
  });

  it('counts a random cell that several sources share once', () => {
    const shared = [
      job('random', 's', 't', 0, 0.5, 'a'),
      job('random', 's', 't', 1, 0.6, 'b'),
      job('random', 'r', 't', 0, 0.5, 'a'),
      job('random', 'r', 't', 1, 0.6, 'b'),
      job('darts', 'q', 't', 0, 0.7),
    ];
    const found = summarise(shared, []).cells.find((each) => each.method === 'darts');
    expect(found?.relativeImprovement).toEqual(relativeImprovement([0.7], [0.5, 0.6]));
  });

  it('has no improvement of random cells over themselves, and none at all without random cells', () => {
    expect(cell('random', 's')).not.toHaveProperty('relativeImprovement');
    const withoutRandom = summarise(
      jobs.filter((each) => each.method !== 'random'),
      [],
    );
    for (const each of withoutRandom.cells) expect(each).not.toHaveProperty('relativeImprovement');
  });

  it('correlates the order of methods between sources over the methods that both have', () => {
    expect(sourceRankCorrelation).toEqual([
      { target: 't', sources: ['s', 'r'], tau: 1, count: 3 },
      { target: 't', sources: ['s', 'q'], tau: null, count: 1 },
      { target: 't', sources: ['r', 'q'], tau: null, count: 1 },
    ]);
  });

  it('correlates the accuracy in the search with that on the target, search by search', () => {
    expect(searchToTargetCorrelation.every(({ tau, count }) => tau === null && count === 0)).toBe(true);
    const searches = [search('random', 's', 0, 0.3), search('darts', 's', 0, 0.2), search('evolution', 's', 0, 0.1)];
    const [onS] = summarise(jobs, searches).searchToTargetCorrelation;
    // Fitness 0.3, 0.2, 0.1 against accuracy 0.5, 0.6, 0.55: one pair of three in the same order.
    expect(onS).toEqual({ source: 's', target: 't', tau: -1 / 3, count: 3 });
  });

  it('correlates the accuracies of the same found architectures on two targets', () => {
    const second = [
      job('random', 's', 'u', 0, 0.9),
      job('darts', 's', 'u', 0, 0.8),
      job('evolution', 's', 'u', 0, 0.7),
    ];
    expect(summarise([...jobs, ...second], []).targetRankCorrelation).toEqual([
      { targets: ['t', 'u'], tau: -1 / 3, count: 3 },
    ]);
  });

  it('does not depend, to the last bit, on the order in which jobs were done within a cell', () => {
    const accuracies = [0.1, 0.2, 0.3, 0.7, 0.11];
    const done = accuracies.map((accuracy, seed) => job('darts', 's', 't', seed, accuracy));
    expect(summarise([done[3], done[0], done[4], done[2], done[1]], [])).toEqual(summarise(done, []));
  });

  it('is empty without jobs', () => {
    expect(summarise([], [])).toEqual({
      cells: [],
      sourceRankCorrelation: [],
      searchToTargetCorrelation: [],
      targetRankCorrelation: [],
    });
  });
});

describe('searchAccuracy', () => {
  it('is the fitness of the chosen architecture, otherwise the last validation accuracy, otherwise null', () => {
    const sampling = search('evolution', 's', 0, 0.25);
    const epoch = { epoch: 0, learningRate: 0.1, trainLoss: 2, trainAccuracy: 0.2, validationAccuracy: 0.15 };
    const supernet = { ...sampling, evaluations: [], epochs: [epoch, { ...epoch, validationAccuracy: 0.35 }] };
    expect(searchAccuracy(sampling)).toBe(0.25);
    expect(searchAccuracy(supernet)).toBe(0.35);
    expect(searchAccuracy({ ...supernet, epochs: [] })).toBeNull();
    expect(searchAccuracy(search('evolution', 's', 0, Number.NaN))).toBeNull();
  });
});
