import { join } from 'node:path';
import type { StudyResults } from '../../src/nas/transfer/results.js';
import { atomicWrite } from '../study/atomicWrite.js';
import { makeFolder } from '../study/makeFolder.js';
import { accuraciesCsv, correlationsCsv, curvesCsv, summaryCsv } from './csv.js';
import { reportPage } from './page.js';
import { reportSummary } from './summary.js';

/**
 * Writes the report of a study, `report.html`, and its numbers, `summary.json` and four CSV files, into a folder, which
 * is made where it is missing. Nothing but the results is looked at, and no work is started.
 * @returns the path of the page
 * @throws StoreError
 */
export async function writeReport(results: StudyResults, folder: string): Promise<{ html: string }> {
  const files: Record<string, string> = {
    'report.html': await reportPage(results),
    'summary.json': `${JSON.stringify(reportSummary(results), null, 2)}\n`,
    'accuracies.csv': accuraciesCsv(results),
    'summary.csv': summaryCsv(results),
    'correlations.csv': correlationsCsv(results),
    'curves.csv': curvesCsv(results),
  };
  await makeFolder(folder);
  for (const [name, text] of Object.entries(files)) await atomicWrite(join(folder, name), text);
  return { html: join(folder, 'report.html') };
}
