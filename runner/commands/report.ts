import type { Command } from 'commander';
import { addShared, type SharedOptions } from './options.js';
import type { Output } from './output.js';

export function addReport(program: Command, output: Output): void {
  const command = program
    .command('report')
    .summary('write the report of a finished study anew')
    .description('Writes report.html and the CSV files anew from the results.json of a study. Never starts work.')
    .argument('<folder>', 'the folder of a study');
  addShared(command).action((folder: string, options: SharedOptions) => report(folder, options, output));
}

async function report(folder: string, options: SharedOptions, output: Output): Promise<void> {
  const { readResults } = await import('../study/store.js');
  const { writeReport } = await import('../report/writeReport.js');
  const { html } = await writeReport(await readResults(folder), folder);
  if (options.json) output.json({ report: html });
  else output.print(`wrote ${html}`);
}
