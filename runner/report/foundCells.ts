import { type SearchJob, type StudyResults, spread, type TransferJob } from '../../src/nas/transfer/index.js';
import { installCommand, isInstalled } from '../package/optionalPackages.js';
import { amount, listed, percentSpread, plural } from '../progress/numbers.js';
import { graphviz } from './graphviz.js';
import { html, type Markup, trusted } from './html.js';
import { pictureOf } from './picture.js';
import { groupBy } from './studyCells.js';

/** Number of cells drawn; the others are in the table of runs. */
const MOST_DRAWN = 24;

const HOW_TO_READ =
  'Each numbered node of a cell is the sum of its incoming edges; dotted edges are the operation none.';

const notDrawn = (): Markup =>
  html`Drawings need Graphviz, which is not installed: <code>${installCommand('@viz-js/viz')}</code>, then <code>nastransfer report</code>, draws them.`;

/** Architectures found, without duplicates: the most frequent first, then the most accurate. */
export async function foundCellsSection(results: StudyResults): Promise<Markup | null> {
  const bySearch = groupBy(results.searches, (search) => search.architecture);
  if (bySearch.size === 0) return null;
  const byJob = groupBy(results.jobs, (job) => job.architecture);
  const accuracy = (architecture: string) => {
    const jobs = byJob.get(architecture) ?? [];
    return jobs.length > 0 ? jobs.reduce((sum, job) => sum + job.accuracy, 0) / jobs.length : 0;
  };
  const found = [...bySearch].sort((a, b) => b[1].length - a[1].length || accuracy(b[0]) - accuracy(a[0]));
  const draw = isInstalled('@viz-js/viz') ? await graphviz() : null;
  const figures = found
    .slice(0, MOST_DRAWN)
    .map(([architecture, searches]) =>
      figure(results.space, architecture, searches, byJob.get(architecture) ?? [], draw),
    );
  const left = found.length - figures.length;
  return html`<p>${plural(results.searches.length, 'search', 'searches')} found ${plural(found.length, 'different architecture')}. ${draw ? HOW_TO_READ : notDrawn()}</p>
<div class="cells">${figures}</div>
${left > 0 && html`<p>${plural(left, 'further architecture')}, found as often or less often, ${left === 1 ? 'is' : 'are'} in the table of runs.</p>`}`;
}

function figure(
  space: string,
  architecture: string,
  searches: readonly SearchJob[],
  jobs: readonly TransferJob[],
  draw: ((dot: string) => string) | null,
): Markup {
  const picture = pictureOf(space, architecture);
  const drawing = picture && draw && trusted(draw(picture.dot));
  return html`
<figure class="${picture?.wide ? 'cell wide' : 'cell'}">${drawing && html`<div class="graph" role="img" aria-label="${picture!.text}"${picture!.wide && html` tabindex="0"`}>${drawing}</div>`}
<figcaption>
<p><b>Found ${searches.length === 1 ? 'once' : `${searches.length} times`}</b>: ${origins(searches)}</p>
${picture && html`<p>${picture.text}</p>`}
${[...(picture?.warnings ?? []), ...searchNotes(searches)].map((warning) => html`<p class="warning">${warning}</p>`)}
${costs(jobs)}
<p><code>${architecture}</code></p>
</figcaption></figure>`;
}

/** Warnings of searches, and searches that stopped early. */
function searchNotes(searches: readonly SearchJob[]): string[] {
  const warned = searches.flatMap(({ warnings = [] }) => warnings);
  const stopped = searches.flatMap(({ method, source, seed, stopped: at }) =>
    at ? [`${method} from ${source}, seed ${seed}, stopped after epoch ${at.epoch}: ${at.reason}`] : [],
  );
  return [...new Set([...warned, ...stopped])];
}

/** Searches that found it: `darts from emoji (seeds 1 and 2)`. */
function origins(searches: readonly SearchJob[]): string {
  const groups = groupBy(searches, ({ method, source }) => JSON.stringify([method, source]));
  return [...groups.values()]
    .map((group) => {
      const seeds = group.map((search) => String(search.seed));
      const [{ method, source }] = group;
      return `${method} from ${source} (${seeds.length === 1 ? 'seed' : 'seeds'} ${listed(seeds)})`;
    })
    .join('; ');
}

/** Size and accuracy; one line for all targets where the size is the same. */
function costs(jobs: readonly TransferJob[]): Markup[] {
  const bySize = groupBy(jobs, ({ parameters, multiplyAdds }) => JSON.stringify([parameters, multiplyAdds]));
  return [...bySize.values()].map((group) => {
    const accuracies = [...groupBy(group, (job) => job.target)].map(([target, runs]) => {
      // An architecture found on two sources with one seed is trained once, and counts once.
      const accuracy = spread([...new Map(runs.map((run) => [run.seed, run.accuracy])).values()]);
      return html`<b>${target} ${percentSpread(accuracy)} %</b> <small>(${accuracy.count})</small> · `;
    });
    return html`<p>${accuracies}${amount(group[0].parameters)} parameters, ${amount(group[0].multiplyAdds)} multiply-adds</p>`;
  });
}
