import { join } from 'node:path';
import type { Table, TableRunResults } from '../../src/nas/tables/index.js';
import { atomicWrite } from '../files/atomicWrite.js';
import { makeFolder } from '../files/makeFolder.js';
import { tableRunPage } from '../report/tableRun.js';
import { runsCsv, tableAccuraciesCsv, tableCurvesCsv } from './csv.js';

/**
 * Writes the results of searches on a table, `table-run.json`, the report, and the numbers as CSV files.
 * @throws {StoreError} when a file cannot be written
 */
export async function writeTableRun(results: TableRunResults, table: Table, folder: string): Promise<void> {
  const files: Record<string, string> = {
    'table-run.json': `${JSON.stringify(results, undefined, 2)}\n`,
    'runs.csv': runsCsv(results, table),
    'accuracies.csv': tableAccuraciesCsv(results),
    'curves.csv': tableCurvesCsv(results),
    'report.html': tableRunPage(results),
  };
  await makeFolder(folder);
  for (const [name, text] of Object.entries(files)) await atomicWrite(join(folder, name), text);
}
