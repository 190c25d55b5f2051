import { kendallTauB } from '../math/kendall.js';
import { relativeImprovement } from '../math/relativeImprovement.js';
import { spread } from '../math/spread.js';
import type { SearchJob, StudySummary, TransferJob } from './results.js';

export { kendallTauB, relativeImprovement, spread };

/** The baseline of relative improvements. */
export const RANDOM_METHOD = 'random';

/**
 * The accuracy of the found architecture in its search: its fitness, or the validation accuracy of the supernet after the last epoch;
 * null where the search measured neither. The two are not comparable.
 */
export function searchAccuracy(search: SearchJob): number | null {
  const evaluated = search.evaluations.findLast((evaluation) => evaluation.architecture === search.architecture);
  const accuracy = evaluated?.fitness ?? search.epochs.at(-1)?.validationAccuracy;
  return accuracy !== undefined && Number.isFinite(accuracy) ? accuracy : null;
}

/**
 * Analysis of a study, a pure function of its jobs. Jobs may be in any order and some may be missing: what cannot be
 * computed is absent or null. Names are in the order in which they first occur in the jobs.
 */
export function summarise(jobs: readonly TransferJob[], searches: readonly SearchJob[]): StudySummary {
  // Summed in the order of seeds, so that rounding does not depend on the order of jobs.
  const sorted = [...jobs].sort((a, b) => a.seed - b.seed);
  const methods = unique(jobs.map((job) => job.method));
  const sources = unique(jobs.map((job) => job.source));
  const targets = unique(jobs.map((job) => job.target));
  const cells = targets.flatMap((target) =>
    sources.flatMap((source) => methods.flatMap((method) => summariseCell(sorted, { method, source, target }))),
  );
  return {
    cells,
    sourceRankCorrelation: targets.flatMap((target) =>
      pairs(sources).map((pair) => ({ target, sources: pair, ...compareMeans(cells, target, pair) })),
    ),
    searchToTargetCorrelation: sources.flatMap((source) =>
      targets.map((target) => ({ source, target, ...compareSearch(sorted, searches, source, target) })),
    ),
    targetRankCorrelation: pairs(targets).map((pair) => ({ targets: pair, ...compareTargets(sorted, pair) })),
  };
}

type Cell = StudySummary['cells'][number];
interface Correlation {
  tau: number | null;
  count: number;
}

function summariseCell(jobs: readonly TransferJob[], place: Pick<Cell, 'method' | 'source' | 'target'>): Cell[] {
  const { method, source, target } = place;
  const accuracies = jobs
    .filter((job) => job.method === method && job.source === source && job.target === target)
    .map((job) => job.accuracy);
  if (accuracies.length === 0) return [];
  const cell = { ...place, accuracy: spread(accuracies) };
  if (method === RANDOM_METHOD) return [cell];
  const random = randomAccuracies(jobs, source, target);
  // A mean of 0 of random cells cannot be divided by.
  if (random.every((accuracy) => accuracy === 0)) return [cell];
  return [{ ...cell, relativeImprovement: relativeImprovement(accuracies, random) }];
}

/**
 * Random cells of the same source and target; of all sources of the target where random did not run on this one. Random search without
 * images samples the same cell for every source: such a run counts once.
 */
function randomAccuracies(jobs: readonly TransferJob[], source: string, target: string): number[] {
  const random = jobs.filter((job) => job.method === RANDOM_METHOD && job.target === target);
  const sameSource = random.filter((job) => job.source === source);
  if (sameSource.length > 0) return sameSource.map((job) => job.accuracy);
  return [...new Map(random.map((job) => [`${job.seed} ${job.architecture}`, job.accuracy])).values()];
}

/** Rank correlation of the methods' mean accuracies on one target between two sources. */
function compareMeans(cells: readonly Cell[], target: string, [first, second]: readonly [string, string]): Correlation {
  const means = (source: string) =>
    new Map(
      cells
        .filter((cell) => cell.target === target && cell.source === source)
        .map((cell) => [cell.method, cell.accuracy.mean] as const),
    );
  return correlate(means(first), means(second));
}

function compareSearch(
  jobs: readonly TransferJob[],
  searches: readonly SearchJob[],
  source: string,
  target: string,
): Correlation {
  const found = new Map<string, number>();
  for (const search of searches) {
    const accuracy = searchAccuracy(search);
    if (accuracy !== null) found.set(search.hash, accuracy);
  }
  const trained = jobs.filter((job) => job.source === source && job.target === target);
  return correlate(found, accuracyBySearch(trained));
}

function compareTargets(jobs: readonly TransferJob[], [first, second]: readonly [string, string]): Correlation {
  const on = (target: string) => accuracyBySearch(jobs.filter((job) => job.target === target));
  return correlate(on(first), on(second));
}

function accuracyBySearch(jobs: readonly TransferJob[]): Map<string, number> {
  return new Map(jobs.map((job) => [job.searchHash, job.accuracy]));
}

/** Tau-b over the keys that both maps have. */
function correlate(first: ReadonlyMap<string, number>, second: ReadonlyMap<string, number>): Correlation {
  const keys = [...first.keys()].filter((key) => second.has(key));
  const tau = kendallTauB(
    keys.map((key) => first.get(key)!),
    keys.map((key) => second.get(key)!),
  );
  return { tau, count: keys.length };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function pairs(names: readonly string[]): [string, string][] {
  return names.flatMap((first, i) => names.slice(i + 1).map((second): [string, string] => [first, second]));
}
