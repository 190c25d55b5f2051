import { chanceOfTau } from '../../src/nas/math/index.js';
import { RANDOM_METHOD, type StudyResults } from '../../src/nas/transfer/index.js';
import { decimal, percent, percentSpread, plural } from '../progress/numbers.js';
import { improvementText } from './improvement.js';
import { groupBy, pooledDeviation, type SummaryCell, unique } from './studyCells.js';

/** The main finding of a study and its limits, in one sentence. */
export function verdict(results: StudyResults): string {
  const { cells } = results.summary;
  if (cells.length === 0) return 'No network has been trained yet, so there are no numbers so far.';
  const counts = cells.map((cell) => cell.accuracy.count);
  if (Math.max(...counts) === 1) {
    return (
      'With a single seed, differences between methods or sources cannot be distinguished from noise: ' +
      'the numbers show what was reached, not what is better.'
    );
  }
  const claims = [improvementClaim(results), spreadClaim(cells)].filter((claim) => claim !== null);
  return `With ${seedRange(counts)} per point, ${claims.join(', and ')}; this holds only for the images, cell space and short ${results.judge ? 'searches' : 'training'} used here.`;
}

function seedRange(counts: readonly number[]): string {
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  return low === high ? plural(high, 'seed') : `${low} to ${high} seeds`;
}

function improvementClaim({ summary, judge }: StudyResults): string {
  // In a judged study random cells are the mean of the table, and the method may be a search.
  const random = judge ? 'the method random' : 'random cells';
  const compared = summary.cells.flatMap((cell) => {
    const { relativeImprovement: improvement } = cell;
    return improvement?.standardError === undefined ? [] : [{ ...cell, improvement, error: improvement.standardError }];
  });
  if (compared.length === 0) {
    return summary.cells.some((cell) => cell.method === RANDOM_METHOD)
      ? 'too few runs with random cells for a comparison'
      : 'it is not shown whether search beats random cells, because none were trained';
  }
  const better = compared.filter(({ improvement, error }) => improvement.mean > error);
  const worse = compared.filter(({ improvement, error }) => improvement.mean < -error);
  const total = compared.length;
  const worseText = worse.length > 0 ? `, ${worse.length} ${worse.length === 1 ? 'falls' : 'fall'} as far below` : '';
  if (better.length === 0) {
    return `none of ${plural(total, 'combination')} of method, source and target beats ${random} by more than one standard error${worseText}`;
  }
  const best = better.reduce((first, next) => (next.improvement.mean > first.improvement.mean ? next : first));
  // One-sided P(t > 1) of Student's t: 0.21 with two degrees of freedom, 0.17 with ten, 0.16 in the limit.
  const byChance = Math.max(...compared.map(({ accuracy }) => accuracy.count)) <= 5 ? 'five' : 'six';
  return (
    `${better.length} of ${plural(total, 'combination')} of method, source and target ${better.length === 1 ? 'beats' : 'beat'} ${random} by more than one standard error ` +
    `(best: ${best.method} from ${best.source} on ${best.target}, ${improvementText(best.improvement)} %; ` +
    `about one in ${byChance} is expected by chance)${worseText}`
  );
}

/** Range of methods that searched on the same source, against the range expected from noise between seeds. */
function spreadClaim(cells: readonly SummaryCell[]): string | null {
  const groups = [...groupBy(cells, ({ source, target }) => JSON.stringify([source, target])).values()];
  const gaps = groups.map((group) => {
    const means = group.map((cell) => cell.accuracy.mean);
    const onTarget = cells.filter((cell) => cell.target === group[0].target);
    const runs = group.reduce((sum, cell) => sum + cell.accuracy.count, 0) / group.length;
    const byChance = (expectedRange(group.length) * pooledDeviation(onTarget)) / Math.sqrt(runs);
    return { gap: Math.max(...means) - Math.min(...means), byChance };
  });
  const { gap, byChance } = gaps.reduce((first, next) => (next.gap > first.gap ? next : first));
  if (gap === 0 || byChance === 0) return null;
  const differ = `methods with the same source differ by up to ${percent(gap)} points`;
  return gap > byChance
    ? `${differ}; noise between seeds explains about ${percent(byChance)}`
    : `${differ}, no more than the ${percent(byChance)} that noise between seeds explains`;
}

/**
 * Expected range of `count` independent standard normal values (Tippett 1925), from two values on: the integral of
 * 1 - P(x)^count - (1 - P(x))^count. For more than ten values, the value for ten is used, which is slightly too small.
 */
export function expectedRange(count: number): number {
  const ranges = [0, 0, 1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.97, 3.078];
  return ranges[Math.min(count, ranges.length - 1)];
}

/** Main findings, one short sentence each. */
export function findings(results: StudyResults): string[] {
  const targets = unique(results.summary.cells.map((cell) => cell.target));
  return [
    ...targets.map((target) => levelFinding(results, target)),
    ...orderFindings(results),
    ...gapFindings(results),
  ];
}

function levelFinding(results: StudyResults, target: string): string {
  const cells = results.summary.cells.filter((cell) => cell.target === target);
  const best = cells.reduce((first, next) => (next.accuracy.mean > first.accuracy.mean ? next : first));
  const top = `On ${target} the highest mean accuracy is ${percentSpread(best.accuracy)} % (${best.method} from ${best.source})`;
  if (results.judge) return `${top}${judgedLevels(results, best)}.`;
  const baseline = results.baselines.find((level) => level.target === target);
  if (!baseline) return `${top}.`;
  const jobs = results.jobs.filter((job) => job.target === target);
  const above = jobs.filter((job) => job.accuracy > Math.max(baseline.linear, baseline.chance)).length;
  const share = above === jobs.length ? `all ${jobs.length}` : above === 0 ? 'none' : `${above} of ${jobs.length}`;
  return `${top}; a linear classifier reaches ${percent(baseline.linear)} %, guessing ${percent(baseline.chance)} %, and ${share} of the trained networks ${above === 1 ? 'lies' : 'lie'} above both.`;
}

/** Position of the best among the table's references. */
function judgedLevels({ references = [], summary, judge }: StudyResults, best: SummaryCell): string {
  const levels = references
    .filter((reference) => reference.target === best.target)
    .map(({ name, accuracy }) => `${name} ${percent(accuracy)} %`);
  const row = summary.judged?.find(
    ({ method, source, target }) => method === best.method && source === best.source && target === best.target,
  );
  const place = row ? `; on average ${decimal(row.better.mean, 1)} % of the ${judge!.table} cells are better` : '';
  return `; ${levels.join(', ')}${place}`;
}

function orderFindings({ summary }: StudyResults): string[] {
  const known = summary.sourceRankCorrelation.filter(({ tau }) => tau !== null);
  if (known.length === 0) return [];
  if (known.length > 1) {
    const mean = known.reduce((sum, { tau }) => sum + tau!, 0) / known.length;
    const taus = known.map(({ tau }) => tau!);
    return [
      `The rankings of the methods from two sources agree with a Kendall's τ of ${decimal(mean, 2)} on average over ${known.length} comparisons, from ${decimal(Math.min(...taus), 2)} to ${decimal(Math.max(...taus), 2)} (1 is the same ranking).`,
    ];
  }
  const [{ sources, target, tau, count }] = known;
  const chance = percent(chanceOfTau(tau!, count), 0);
  return [
    `The rankings of ${plural(count, 'method')} on ${target}, searched on ${sources[0]} or on ${sources[1]}, agree with a Kendall's τ of ${decimal(tau, 2)} (1 is the same ranking); independent rankings agree as well or better with probability ${chance} %.`,
  ];
}

function gapFindings(results: StudyResults): string[] {
  const methods = unique(results.jobs.map((job) => job.method));
  const sources = unique(results.jobs.map((job) => job.source));
  const targets = results.judge?.measurements ?? unique(results.targets.map((target) => target.name));
  const wanted = methods.length * sources.length * targets.length * results.seeds.length;
  const missing = wanted - results.jobs.length;
  return missing > 0
    ? [
        `${missing} of ${wanted} combinations of method, source, target and seed have no result: the study is not complete.`,
      ]
    : [];
}
