import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PredictionResults, ScoreResults, TableRunResults } from '../../src/nas/tables/index.js';
import { StoreError } from '../errors/errors.js';
import { reasonOf } from '../errors/reason.js';
import { atomicWrite } from '../files/atomicWrite.js';
import { RESULTS_FILE, readResults } from './store.js';

type TableResults = TableRunResults | PredictionResults | ScoreResults;

const TABLE_FILES: Readonly<Record<string, TableResults['kind']>> = {
  'table-run.json': 'table-run',
  'predictions.json': 'predictions',
  'scores.json': 'scores',
};

/**
 * Writes the report of a folder's results again: for a study with its CSV files, for others only the page.
 * @returns the path of the page
 * @throws {StoreError} when there are no results, several kinds, or another format
 */
export async function rewriteReport(folder: string): Promise<{ html: string }> {
  const found = [RESULTS_FILE, ...Object.keys(TABLE_FILES)].filter((name) => existsSync(join(folder, name)));
  if (found.length > 1)
    throw new StoreError(
      `${folder}: got ${found.join(' and ')}, wanted results of one kind, as each has a report.html; move the others to folders of their own`,
    );
  const [name] = found;
  if (name === undefined || name === RESULTS_FILE) {
    const { writeReport } = await import('../report/writeReport.js');
    return writeReport(await readResults(folder), folder);
  }
  const html = join(folder, 'report.html');
  await atomicWrite(html, await pageOf(await readTableResults(join(folder, name), TABLE_FILES[name])));
  return { html };
}

async function pageOf(results: TableResults): Promise<string> {
  switch (results.kind) {
    case 'table-run':
      return (await import('../report/tableRun.js')).tableRunPage(results);
    case 'predictions':
      return (await import('../report/predictions.js')).predictionsPage(results);
    case 'scores':
      return (await import('../report/scores.js')).scoresPage(results);
  }
}

async function readTableResults(path: string, kind: TableResults['kind']): Promise<TableResults> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new StoreError(`${path}: can't be read: ${reasonOf(error)}`, { cause: error });
  }
  let results: TableResults;
  try {
    results = JSON.parse(text) as TableResults;
  } catch (error) {
    throw new StoreError(`${path}: is not JSON (${(error as Error).message}); run its command again to write it anew`);
  }
  if (results?.format !== 1 || results.kind !== kind)
    throw new StoreError(
      `${path}: got format ${JSON.stringify(results?.format)} and kind ${JSON.stringify(results?.kind)}, wanted format 1 and kind "${kind}"; run its command again to write it anew`,
    );
  return results;
}
