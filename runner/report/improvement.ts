import type { RelativeImprovement } from '../../src/nas/math/index.js';
import type { StudyResults } from '../../src/nas/transfer/index.js';
import { decimal, signed } from '../progress/numbers.js';
import { runLabel } from './accuracy.js';
import { html, type Markup } from './html.js';
import { scaleOver } from './scale.js';
import { type Strip, stripTable } from './strip.js';
import { isRunOf } from './studyCells.js';

/** Relative improvement over random cells on one target as dots with bars of one standard error; nothing without them. */
export function improvementSection(results: StudyResults, target: string): Markup | null {
  const cells = results.summary.cells.filter((cell) => cell.target === target && cell.relativeImprovement);
  if (cells.length === 0) return null;
  const strips = cells.map((cell): Strip => {
    const improvement = cell.relativeImprovement!;
    const random = cell.accuracy.mean / (1 + improvement.mean / 100);
    const jobs = results.jobs.filter((job) => isRunOf(job, cell));
    return {
      label: runLabel(cell),
      value: improvementText(improvement),
      runs: jobs.map((job) => 100 * (job.accuracy / random - 1)),
      mean: improvement.mean,
      error: improvement.standardError,
    };
  });
  const levelName = results.judge ? 'the method random' : 'random cells';
  const ends = strips.flatMap(({ runs, mean, error = 0 }) => [...runs, mean - error, mean + error]);
  const scale = scaleOver([0, ...ends], 6);
  return stripTable({
    caption: html`Relative improvement over ${levelName} on <b>${target}</b>, 100 (mean − mean of random) / mean of random, in per cent. Bars are one standard error, including that of random’s mean; small dots are single seeds.`,
    labelHeading: 'method, source',
    plotHeading: 'relative improvement',
    valueHeading: '%',
    strips,
    levels: [{ name: levelName, value: 0, kind: 'zero' }],
    scale,
    tickText: (tick) => (tick === 0 ? 'random' : signed(tick, scale.digits)),
  });
}

/** `+3.1 ± 0.8`; without the error where too few runs leave it unknown. */
export function improvementText({ mean, standardError }: RelativeImprovement, digits = 1): string {
  return standardError === undefined
    ? signed(mean, digits)
    : `${signed(mean, digits)} ± ${decimal(standardError, digits)}`;
}
