import { join } from 'node:path';
import type { StudyResults } from '../../src/nas/transfer/index.js';
import { atomicWrite } from '../files/atomicWrite.js';
import { makeFolder } from '../files/makeFolder.js';
import { accuraciesCsv, correlationsCsv, curvesCsv, judgedCsv, referencesCsv, summaryCsv } from './csv.js';
import { dotFigureFile } from './dotFigure.js';
import { reportPage } from './page.js';
import { unique } from './studyCells.js';
import { reportSummary } from './summary.js';

const FIGURES = 'figures';

/**
 * Writes the report of a study, `report.html`, its numbers, `summary.json` and CSV files, and its figures, as SVG files in
 * `figures`, into a folder, which is created if missing. It reads only the results, and starts no work.
 * @returns the path of the page
 * @throws {StoreError} when a file cannot be written
 */
export async function writeReport(results: StudyResults, folder: string): Promise<{ html: string }> {
  const files: Record<string, string> = {
    'report.html': await reportPage(results),
    'summary.json': `${JSON.stringify(reportSummary(results), null, 2)}\n`,
    'accuracies.csv': accuraciesCsv(results),
    'summary.csv': summaryCsv(results),
    'correlations.csv': correlationsCsv(results),
    'curves.csv': curvesCsv(results),
    ...(results.judge ? { 'judged.csv': judgedCsv(results), 'references.csv': referencesCsv(results) } : {}),
    ...figures(results),
  };
  await makeFolder(folder);
  if (results.jobs.length > 0) await makeFolder(join(folder, FIGURES));
  for (const [name, text] of Object.entries(files)) await atomicWrite(join(folder, name), text);
  return { html: join(folder, 'report.html') };
}

/** A file for each target: `figures/accuracy-TARGET.svg`. */
function figures(results: StudyResults): Record<string, string> {
  const targets = unique(results.jobs.map((job) => job.target));
  const names = targets.map((target) => target.replace(/[^\w.-]+/g, '-'));
  return Object.fromEntries(
    targets.map((target, i) => {
      // Names that differ only in replaced characters get separate files.
      const name = names.indexOf(names[i]) === i ? names[i] : `${names[i]}-${i}`;
      return [join(FIGURES, `accuracy-${name}.svg`), dotFigureFile(results, target)];
    }),
  );
}
