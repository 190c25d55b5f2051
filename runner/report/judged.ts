import type { StudyResults } from '../../src/nas/transfer/index.js';
import { decimal, grouped, NONE, percent, percentSpread, signed, spreadText } from '../progress/numbers.js';
import { dotFigure } from './dotFigure.js';
import { html, type Markup } from './html.js';
import { improvementText } from './improvement.js';
import { table } from './table.js';

/** Accuracies from a table for the cells found, on one target: a figure, the references, and the distance of each method from them. */
export function judgedSection(results: StudyResults, target: string): Markup {
  const rows = (results.summary.judged ?? []).filter((cell) => cell.target === target);
  const accuracy = (cell: (typeof rows)[number]) =>
    results.summary.cells.find(
      ({ method, source, target }) => method === cell.method && source === cell.source && target === cell.target,
    )!;
  return html`<h3>${target}</h3>
<figure class="wide-figure">${dotFigure(results, target)}</figure>
${referenceTable(results, target)}
${table({
  caption: html`Cells found, on <b>${target}</b>: mean ± standard deviation over the seeds. Regret is the distance to the optimum in points. Better is the share of all ${grouped(results.judge!.size)} architectures with a higher accuracy (0 for the best; 50 is the expectation for a random cell).`,
  columns: [
    'method',
    'source',
    ...['accuracy %', 'validation %', 'over random-mean %', 'over method random %', 'regret', 'better %'].map(
      (number) => ({ number }),
    ),
  ],
  rows: rows.map((cell) => {
    const { accuracy: found, relativeImprovement: improvement } = accuracy(cell);
    return [
      cell.method,
      cell.source,
      percentSpread(found),
      cell.validationAccuracy ? percentSpread(cell.validationAccuracy) : NONE,
      cell.overRandomMean.count > 1
        ? `${signed(cell.overRandomMean.mean, 1)} ± ${decimal(cell.overRandomMean.deviation, 1)}`
        : signed(cell.overRandomMean.mean, 1),
      improvement ? improvementText(improvement) : NONE,
      percentSpread(cell.regret),
      spreadText(cell.better, 1),
    ];
  }),
})}`;
}

function referenceTable({ references = [], judge }: StudyResults, target: string): Markup {
  return table({
    caption: 'References',
    columns: ['reference', { number: 'accuracy %' }, { number: 'rank' }, 'description', 'architecture'],
    rows: references
      .filter((reference) => reference.target === target)
      .map(({ name, accuracy, deviation, rank, description, architecture }) => [
        name,
        deviation === undefined ? percent(accuracy, 2) : `${percent(accuracy, 2)} ± ${percent(deviation, 2)}`,
        rank === undefined ? NONE : `${grouped(rank)} of ${grouped(judge!.size)}`,
        description,
        architecture ? html`<code>${architecture}</code>` : NONE,
      ]),
    kind: 'prose',
  });
}

/** Numbers of skip connections in architectures found; null for results of versions that did not count them. */
export function skipsSection({ summary: { skips } }: StudyResults): Markup | null {
  if (!skips || skips.length === 0) return null;
  return table({
    caption:
      'Skip connections of the architectures found: mean ± standard deviation over the seeds. Relaxed searches can collapse to skip connections; cells without any convolution learn nothing.',
    columns: [
      'method',
      'source',
      { number: 'skips' },
      { number: 'of operations' },
      { number: 'searches' },
      { number: 'without convolution' },
    ],
    rows: skips.map(({ method, source, skips: counted, operations, withoutConvolution }) => [
      method,
      source,
      spreadText(counted, 1),
      operations,
      counted.count,
      withoutConvolution,
    ]),
  });
}
