import { Random } from '../../../src/engine/random/random.js';
import { kendallTauB } from '../../../src/nas/math/kendall.js';
import { relativeImprovement } from '../../../src/nas/math/relativeImprovement.js';
import { spearman } from '../../../src/nas/math/spearman.js';
import { spread } from '../../../src/nas/math/spread.js';
import type { ParetoPoint } from '../../../src/nas/records/outcome.js';
import type {
  PredictionResults,
  ScoreResults,
  SearchCurve,
  TableRunResults,
  TableSearch,
} from '../../../src/nas/tables/results.js';
import type { Measurement } from '../../../src/nas/tables/table.js';

export interface TableRunOptions {
  readonly methods?: readonly string[];
  readonly sources?: readonly string[];
  readonly seeds?: number;
  readonly published?: boolean;
  /** Fronts of parameters, and of parameters and latency, from a method called nsga2. */
  readonly fronts?: boolean;
}

const BEST: Record<string, number> = { cifar10: 94.37, cifar100: 73.51, 'ImageNet16-120': 47.31 };
const versions = { nastransfer: '0.1.0', node: '20.20.2' };

export function measured(set: string, split: Measurement['split'] = 'test'): Measurement {
  return { set, split, epochs: 200, seed: 'mean' };
}

/** Synthetic results of searches on a table: methods later in the list are better. */
export function exampleTableRun(options: TableRunOptions = {}): TableRunResults {
  const {
    methods = ['random', 'evolution', 'nsga2'],
    sources = ['cifar10', 'cifar100'],
    seeds = 5,
    published = true,
    fronts = true,
  } = options;
  const random = new Random(3, 'example table run');
  const sets = Object.keys(BEST);
  const queries = 100;
  const values = new Map<string, number[]>();
  const searches: TableSearch[] = [];
  const curves: SearchCurve[] = [];
  for (const [place, method] of methods.entries())
    for (const source of sources) {
      for (const set of sets)
        values.set(
          `${method} ${source} ${set}`,
          Array.from({ length: seeds }, () => BEST[set] - (0.9 / (place + 1)) * Math.abs(1 + 0.6 * random.normal())),
        );
      for (let seed = 0; seed < seeds; seed++)
        searches.push({
          method,
          set: source,
          seed,
          index: 100 * place + seed,
          queries,
          seconds: 12_000,
          improvements: [{ queries: 1, seconds: 120, index: seed }],
          ...(fronts && method === 'nsga2' ? { front: exampleFront(random, 0.004) } : {}),
        });
      const finals = values.get(`${method} ${source} ${source in BEST ? source : sets[0]}`)!;
      for (const axis of ['queries', 'seconds'] as const)
        curves.push(exampleCurve(method, source, axis, spread(finals)));
    }
  const found = (method: string, source: string, set: string) => values.get(`${method} ${source} ${set}`)!;
  const means = (source: string, set: string) => methods.map((method) => spread(found(method, source, set)).mean);
  return {
    format: 1,
    kind: 'table-run',
    table: 'nasbench201',
    space: 'nasbench201',
    methods: methods.map((label) => ({
      label,
      name: label,
      options: label === 'random' ? {} : { population: 10, tournament: { size: 3 } },
      seen: [{ epochs: 200, seed: 'mean' }],
    })),
    seen: measured('', 'validation'),
    sources,
    limits: { evaluations: queries, seconds: 12_000 },
    seeds: Array.from({ length: seeds }, (_, seed) => seed),
    searches,
    accuracies: methods.flatMap((method) =>
      sources.flatMap((source) =>
        sets.map((set) => {
          const own = found(method, source, set);
          const compared = methods.includes('random') && method !== 'random';
          return {
            method,
            source,
            measurement: measured(set),
            accuracy: spread(own),
            values: own,
            ...(compared ? { relativeImprovement: relativeImprovement(own, found('random', source, set)) } : {}),
            ...(published && source === 'cifar10'
              ? { published: { mean: spread(own).mean - 0.05, deviation: 0.3, source: 'A paper (2020)' } }
              : {}),
          };
        }),
      ),
    ),
    curves,
    queriesToOptimum: methods.flatMap((method, place) =>
      sources.map((source) => ({
        method,
        source,
        ...(place > 0 ? { queries: spread(Array.from({ length: seeds }, (_, seed) => 60 + seed)) } : {}),
        reached: place > 0 ? seeds : 0,
        seeds,
        atLeast: place > 0 ? 60 + (seeds - 1) / 2 : 500,
        ...(published && place > 0 ? { published: { mean: 182, source: 'Another paper (2021)' } } : {}),
      })),
    ),
    sourceRankCorrelation:
      sources.length > 1
        ? sets.map((set) => ({
            sources: [sources[0], sources[1]] as const,
            set,
            tau: kendallTauB(means(sources[0], set), means(sources[1], set)),
          }))
        : [],
    setRankCorrelation: [
      { sets: ['cifar10', 'cifar100'], tau: 0.86 },
      { sets: ['cifar10', 'ImageNet16-120'], tau: null },
    ],
    references: [
      ...sets.map((best) => ({
        label: `best by test accuracy on ${best}, 200 epochs`,
        index: 6000,
        accuracies: sets.map((set) => ({
          measurement: measured(set),
          accuracy: set === best ? BEST[set] : BEST[set] - 0.3,
        })),
      })),
      {
        label: 'ResNet cell',
        index: 16,
        accuracies: sets.map((set) => ({ measurement: measured(set), accuracy: BEST[set] - 0.4 })),
      },
    ],
    hypervolumes: fronts
      ? sources.map((source) => ({
          method: 'nsga2',
          source,
          objectives: ['accuracy', 'parameters'],
          hypervolume: spread(Array.from({ length: seeds }, (_, seed) => 0.9 + 0.001 * seed)),
          optimum: 0.95,
        }))
      : [],
    ...(fronts
      ? {
          tableFronts: sources.map((source) => ({
            source,
            objectives: ['accuracy', 'parameters'],
            front: exampleFront(random, 0),
          })),
        }
      : {}),
    versions,
    seconds: 81.5,
    rerun: 'npx nastransfer table run nasbench201.table --seeds 5',
  };
}

function exampleFront(random: Random, loss: number): ParetoPoint[] {
  return Array.from({ length: 12 }, (_, i) => {
    const parameters = 73_306 + 110_000 * i;
    const accuracy = 0.915 - 0.05 * Math.exp(-0.6 * i) - loss * random.uniform();
    return { architecture: `cell ${i}`, objectives: { accuracy, parameters, 'latency:edgegpu': 2 + 0.4 * i } };
  });
}

function exampleCurve(
  method: string,
  source: string,
  axis: SearchCurve['axis'],
  { mean, deviation }: { mean: number; deviation: number },
): SearchCurve {
  const x = Array.from({ length: 50 }, (_, i) => (axis === 'queries' ? 1 + 2 * i : 120 + 240 * i));
  const rise = x.map((_, i) => mean - 6 * Math.exp(-i / 6));
  const band = x.map((_, i) => deviation + 3 * Math.exp(-i / 6));
  return {
    method,
    source,
    measurement: measured(source),
    axis,
    x,
    mean: rise,
    low: rise.map((value, i) => value - band[i]),
    median: rise,
    high: rise.map((value, i) => Math.min(BEST[source] ?? 100, value + band[i])),
  };
}

/** Synthetic results of predictors; `points` rows of each. */
export function examplePredictions(options: { seeds?: number; points?: number; sizes?: readonly number[] } = {}) {
  const { seeds = 3, points = 200, sizes = [100, 400] } = options;
  const random = new Random(4, 'example predictions');
  const around = (mean: number, deviation: number) =>
    spread(Array.from({ length: seeds }, () => mean + deviation * random.normal()));
  return {
    format: 1,
    kind: 'predictions',
    table: 'nasbench201',
    space: 'nasbench201',
    measurement: measured('cifar10', 'validation'),
    predictors: ['random forest', 'gaussian process', 'mlp'].flatMap((label, place) =>
      sizes.map((fitted) => ({
        label,
        encoding: 'one-hot',
        fitted,
        spearman: around(0.7 + 0.05 * place + fitted / 4000, 0.01),
        kendall: around(0.5 + 0.05 * place, 0.01),
        fitSeconds: around(0.5, 0.01),
        predictSeconds: around(0.02, 0.001),
        points: Array.from({ length: points }, (): [number, number] => {
          const known = 91 - 6 * random.uniform() ** 3 - (random.uniform() < 0.01 ? 60 : 0);
          return [known + (0.8 - 0.2 * place) * random.normal(), known];
        }),
      })),
    ),
    seeds: Array.from({ length: seeds }, (_, seed) => seed),
    versions,
    rerun: 'npx nastransfer predict nasbench201.table',
  } satisfies PredictionResults;
}

/** Synthetic scores; one of an architecture is missing, and one score has no published correlation. */
export function exampleScores(options: { cells?: number; table?: boolean } = {}): ScoreResults {
  const { cells: count = 80, table = true } = options;
  const random = new Random(5, 'example scores');
  const sharpness: Record<string, number> = { synflow: 1, naswot: 0.6, 'grad-norm': 2 };
  const names = Object.keys(sharpness);
  const measurement = measured('cifar10');
  const cells = Array.from({ length: count }, (_, index) => {
    const accuracy = 94 - 10 * random.uniform() ** 2;
    return {
      architecture: `cell ${index}`,
      index,
      ...(table ? { accuracies: [{ measurement, accuracy }] } : {}),
      scores: Object.fromEntries(
        names.map((name) => {
          const value = accuracy - 90 + 3 * sharpness[name] * random.normal();
          return [name, name === 'naswot' && index === 0 ? null : name === 'synflow' ? Math.exp(10 * value) : value];
        }),
      ),
      seconds: Object.fromEntries(names.map((name) => [name, 0.02 + 0.01 * random.uniform()])),
    };
  });
  return {
    format: 1,
    kind: 'scores',
    space: 'nasbench201',
    ...(table ? { table: 'nasbench201' } : {}),
    images: 'cifar10',
    settings: { batch: 64, channels: 16 },
    adapter: { name: 'llvmpipe', driver: 'Mesa', kind: 'cpu' },
    cells,
    correlations: table
      ? names.map((score) => {
          const known = cells.filter((cell) => cell.scores[score] !== null);
          const values = known.map((cell) => cell.scores[score]!);
          const accuracies = known.map((cell) => cell.accuracies![0].accuracy);
          const rho = spearman(values, accuracies);
          return {
            score,
            measurement,
            spearman: rho,
            kendall: kendallTauB(values, accuracies),
            count: known.length,
            seconds: spread(known.map((cell) => cell.seconds[score])),
            ...(score === 'naswot'
              ? {}
              : { published: { spearman: score === 'synflow' ? rho! : rho! - 0.2, source: 'A paper' } }),
          };
        })
      : [],
    versions,
    rerun: 'npx nastransfer score --space nasbench201',
  };
}
