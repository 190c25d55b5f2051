import { join } from 'node:path';
import type { ScoreResults } from '../../src/nas/tables/results.js';
import { atomicWrite } from '../study/atomicWrite.js';
import { csv } from './csv.js';

/** Writes `scores.json` and two CSV files into a folder. @throws StoreError */
export async function writeScoreFiles(results: ScoreResults, folder: string): Promise<void> {
  const files: Record<string, string> = {
    'scores.json': `${JSON.stringify(results, undefined, 2)}\n`,
    'scores.csv': scoresCsv(results),
    'correlations.csv': scoreCorrelationsCsv(results),
  };
  for (const [name, text] of Object.entries(files)) await atomicWrite(join(folder, name), text);
}

/** One line for each architecture. */
export function scoresCsv({ cells }: ScoreResults): string {
  const names = Object.keys(cells[0]?.scores ?? {});
  const sets = cells[0]?.accuracies?.map(({ measurement }) => measurement.set) ?? [];
  const header = [
    'architecture',
    'index',
    ...sets.map((set) => `${set} test accuracy`),
    ...names,
    ...names.map((name) => `${name} seconds`),
  ];
  return csv(
    header,
    cells.map(({ architecture, index, accuracies = [], scores, seconds }) => [
      architecture,
      index,
      ...accuracies.map(({ accuracy }) => accuracy),
      ...names.map((name) => scores[name]),
      ...names.map((name) => seconds[name]),
    ]),
  );
}

/** One line for each score and set. */
export function scoreCorrelationsCsv({ correlations }: ScoreResults): string {
  const header = 'score,set,split,epochs,seed,spearman,kendall,count,secondsMean,publishedSpearman,publishedSource';
  return csv(
    header.split(','),
    correlations.map(({ score, measurement, spearman, kendall, count, seconds, published }) => [
      score,
      measurement.set,
      measurement.split,
      measurement.epochs,
      measurement.seed,
      spearman,
      kendall,
      count,
      seconds.mean,
      published?.spearman,
      published?.source,
    ]),
  );
}
