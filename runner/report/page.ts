import { RANDOM_METHOD, type StudyResults } from '../../src/nas/transfer/index.js';
import { duration } from '../progress/duration.js';
import { plural } from '../progress/numbers.js';
import { accuracySection } from './accuracy.js';
import { correlationsSection } from './correlations.js';
import { curvesLegend, supernetCurves, trainingCurves } from './curves.js';
import { documentPage, type Section } from './document.js';
import { foundCellsSection } from './foundCells.js';
import { html, type Markup } from './html.js';
import { improvementSection } from './improvement.js';
import { judgedSection, skipsSection } from './judged.js';
import { opening } from './opening.js';
import { environmentSection, imagesSection, protocolsSection, runsTable, timeTable } from './setup.js';
import { sharesSection } from './shares.js';
import { unique } from './studyCells.js';
import { reportSummary } from './summary.js';
import { findings, verdict } from './verdict.js';

/** The report of a study as one HTML page. */
export async function reportPage(results: StudyResults): Promise<string> {
  return documentPage({
    name: results.name,
    kind: 'transfer study',
    subtitle: subtitle(results),
    verdict: verdict(results),
    findings: [...opening(results), ...findings(results)],
    sections: (await allSections(results)).filter((section) => section !== null),
    footer: html`Written by nastransfer. All numbers of this page, not rounded: <code>summary.json</code> (also in this file, as the data block <code>results</code>), <code>accuracies.csv</code>, <code>summary.csv</code>, <code>correlations.csv</code> and <code>curves.csv</code>${results.judge && html`, <code>judged.csv</code>, <code>references.csv</code>`} beside it.`,
    data: reportSummary(results),
  });
}

function subtitle({ jobs, searches, adapter, seconds, seeds, judge }: StudyResults): string[] {
  const count = (noun: string, names: readonly string[], nouns?: string) => plural(unique(names).length, noun, nouns);
  return [
    count('method', names(jobs, searches, 'method')),
    count('source', names(jobs, searches, 'source')),
    count(
      'target',
      jobs.map((job) => job.target),
    ),
    plural(seeds.length, 'seed'),
    plural(searches.length, 'search', 'searches'),
    judge ? `judged by ${judge.table}` : plural(jobs.length, 'trained network'),
    duration(seconds),
    adapter.name,
  ];
}

function names(
  jobs: StudyResults['jobs'],
  searches: StudyResults['searches'],
  key: 'method' | 'source',
): readonly string[] {
  return [...jobs, ...searches].map((item) => item[key]);
}

async function allSections(results: StudyResults): Promise<(Section | null)[]> {
  const targets = unique(results.jobs.map((job) => job.target));
  const each = (render: (target: string) => Markup | null) => targets.map(render).filter((markup) => markup !== null);
  const improvements = each((target) => improvementSection(results, target));
  const cells = await foundCellsSection(results);
  const supernets = supernetCurves(results);
  const shares = sharesSection(results);
  const found = results.jobs.length > 0;
  const trained = found && !results.judge;
  const skips = skipsSection(results);
  const networks = plural(results.jobs.length, trained ? 'trained network' : 'judged network');
  return [
    found && results.judge
      ? {
          id: 'judged',
          title: `By the table ${results.judge.table}`,
          body: html`${each((target) => judgedSection(results, target))}`,
        }
      : null,
    found
      ? {
          id: 'accuracy',
          title: 'Accuracy on the target',
          body: html`${each((target) => accuracySection(results, target))}`,
        }
      : null,
    improvements.length > 0
      ? {
          id: 'improvement',
          title: results.judge ? 'Improvement over the method random' : 'Improvement over random cells',
          body: html`${improvements}${sharedRandomNote(results)}`,
        }
      : null,
    found ? { id: 'order', title: 'Rank correlations', body: correlationsSection(results) } : null,
    cells && { id: 'cells', title: 'Cells found', body: html`${skips}${cells}${shares}` },
    trained || supernets
      ? {
          id: 'curves',
          title: 'Learning curves',
          body: html`${curvesLegend(results.seeds)}
${trained && targets.map((target) => html`<h3>Training from scratch on ${target}</h3>${trainingCurves(results, target)}`)}
${supernets && html`<h3>Supernets during the search</h3>${supernets}`}`,
        }
      : null,
    {
      id: 'setup',
      title: 'Images and protocols',
      body: html`${imagesSection(results)}${protocolsSection(results)}`,
    },
    {
      id: 'runs',
      title: 'Runs',
      body: html`${timeTable(results)}<details><summary>All ${networks}</summary>${runsTable(results)}</details>`,
    },
    { id: 'rerun', title: 'Machine, versions, and how to reproduce', body: environmentSection(results) },
  ];
}

/** Random cells drawn without images are the same for every source: comparisons with them are not independent. */
function sharedRandomNote({ searches }: StudyResults): Markup | null {
  const random = searches.filter((search) => search.method === RANDOM_METHOD);
  const keys = random.map((search) => `${search.seed} ${search.architecture}`);
  return (
    (unique(keys).length < keys.length &&
      html`<p>The random cells are the same for every source, so the comparisons are not independent.</p>`) ||
    null
  );
}
