import type { StudyResults } from '../../src/nas/transfer/results.js';
import { displayWidth, printable } from '../progress/line.js';
import { improvementText } from './improvement.js';
import { NONE, percent, percentSpread } from './numbers.js';
import { unique } from './studyCells.js';

/**
 * The accuracies of a study as a table for the terminal, one for each target: mean ± standard deviation in per cent, the
 * relative improvement over random cells below it, and the reference levels.
 */
export function accuracyText({ summary, baselines }: StudyResults): string {
  const tables = unique(summary.cells.map((cell) => cell.target)).map((target) => {
    const cells = summary.cells.filter((cell) => cell.target === target);
    const methods = unique(cells.map((cell) => cell.method));
    const rows = unique(cells.map((cell) => cell.source)).flatMap((source) => {
      const found = methods.map((method) => cells.find((cell) => cell.source === source && cell.method === method));
      return [
        [source, ...found.map((cell) => (cell ? `${percentSpread(cell.accuracy)} (${cell.accuracy.count})` : NONE))],
        ['  over random', ...found.map((cell) => improvementOf(cell?.relativeImprovement))],
      ];
    });
    const baseline = baselines.find((level) => level.target === target);
    const levels = baseline
      ? [
          ['linear classifier', percent(baseline.linear)],
          ['chance', percent(baseline.chance)],
        ]
      : [];
    return `${printable(target)}: accuracy in %, mean ± standard deviation (runs)\n${aligned([['searched on', ...methods], ...rows, ...levels])}`;
  });
  return tables.join('\n\n');
}

function improvementOf(improvement: Parameters<typeof improvementText>[0] | undefined): string {
  return improvement ? `${improvementText(improvement)} %` : '';
}

/** Columns side by side; rows may end early, lines without anything to tell are left out. */
function aligned(rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map(printable)).filter((row) => row.slice(1).some((text) => text !== ''));
  const widths = clean[0].map((_, column) => Math.max(...clean.map((row) => displayWidth(row[column] ?? ''))));
  return clean
    .map((row) => row.map((text, column) => text + ' '.repeat(widths[column] - displayWidth(text))).join('  '))
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n');
}
