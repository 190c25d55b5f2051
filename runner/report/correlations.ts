import { chanceOfTau } from '../../src/nas/math/index.js';
import type { StudyResults } from '../../src/nas/transfer/index.js';
import { decimal, NONE } from '../progress/numbers.js';
import { html, type Insert, type Markup } from './html.js';
import { table } from './table.js';

interface Correlation {
  readonly names: readonly string[];
  readonly tau: number | null;
  readonly count: number;
}

/** Tables of Kendall's tau-b: methods between sources, search to target, target to target. */
export function correlationsSection({ summary }: StudyResults): Markup {
  const tables = [
    correlationTable(
      'Do two sources rank the methods alike? Compares the mean accuracies of the methods on the target.',
      ['target', 'source', 'source'],
      'methods',
      summary.sourceRankCorrelation.map((row) => ({ ...row, names: [row.target, ...row.sources] })),
    ),
    correlationTable(
      'Does accuracy in the search predict accuracy on the target? Every search is one point. Methods measure differently (a short training, or a supernet), so only searches of one method have the same scale.',
      ['source', 'target'],
      'searches',
      summary.searchToTargetCorrelation.map((row) => ({ ...row, names: [row.source, row.target] })),
    ),
    correlationTable(
      'Do two targets rank the same architectures alike?',
      ['target', 'target'],
      'architectures',
      (summary.targetRankCorrelation ?? []).map((row) => ({ ...row, names: row.targets })),
    ),
  ];
  return html`<p>Kendall's τ-b: 1 for the same ranking, 0 for no correlation, −1 for the reverse. ${NONE} where it is not defined: fewer than two values, or all equal. With few values a high τ means little: the last column is the probability that independent rankings agree as well or better.</p>
<div class="tables">${tables}</div>`;
}

function correlationTable(
  caption: string,
  names: readonly string[],
  counted: string,
  correlations: readonly Correlation[],
): Markup | null {
  if (correlations.length === 0) return null;
  return table({
    caption,
    columns: [...names, { number: 'τ' }, { number: counted }, { number: 'by chance' }],
    rows: correlations.map((row) => [...row.names, tauText(row.tau), row.count, chanceText(row)]),
  });
}

/** A small diverging bar, and the number. */
export function tauText(tau: number | null): Insert {
  if (tau === null) return NONE;
  const half = 50 * Math.abs(tau);
  return html`<svg class="meter" width="44" height="12" aria-hidden="true"><rect class="track" width="100%" height="100%"/><rect class="bar" x="${tau < 0 ? 50 - half : 50}%" width="${half}%" height="100%"/><line x1="50%" x2="50%" y1="0" y2="12"/></svg> ${decimal(tau, 2)}`;
}

export function chanceText({ tau, count }: Pick<Correlation, 'tau' | 'count'>): string {
  if (tau === null) return NONE;
  const share = 100 * chanceOfTau(tau, count);
  return share < 0.1 ? '< 0.1 %' : `${share.toFixed(share < 10 ? 1 : 0)} %`;
}
