import { join } from 'node:path';
import type { ScoreResults } from '../../src/nas/tables/index.js';
import { atomicWrite } from '../files/atomicWrite.js';
import { scoresPage } from './scores.js';
import { scoreCorrelationsCsv, scoresCsv } from './tableCsv.js';

/** Writes `scores.json`, its report and two CSV files into a folder. @throws {StoreError} when a file cannot be written */
export async function writeScoreFiles(results: ScoreResults, folder: string): Promise<void> {
  const files: Record<string, string> = {
    'scores.json': `${JSON.stringify(results, undefined, 2)}\n`,
    'report.html': scoresPage(results),
    'scores.csv': scoresCsv(results),
    'score-correlations.csv': scoreCorrelationsCsv(results),
  };
  for (const [name, text] of Object.entries(files)) await atomicWrite(join(folder, name), text);
}
