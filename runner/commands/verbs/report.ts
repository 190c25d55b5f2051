import type { Command } from 'commander';
import type { Output } from '../../progress/output.js';
import { addShared, type SharedOptions } from '../options/options.js';
import { pluginsOf } from '../options/plugins.js';

export function addReport(program: Command, output: Output): void {
  const command = program
    .command('report')
    .summary('rewrite the report of a finished study, or of work on a table')
    .description(
      'Rewrites report.html from the results in a folder: results.json of a study (with its CSV files), ' +
        'table-run.json, predictions.json or scores.json. It starts no search and no training.',
    )
    .argument('<folder>', 'the folder of results');
  addShared(command, 'plugin').action((folder: string, options: SharedOptions) => report(folder, options, output));
}

async function report(folder: string, options: SharedOptions, output: Output): Promise<void> {
  await pluginsOf(options);
  const { rewriteReport } = await import('../../study/rewriteReport.js');
  const { html } = await rewriteReport(folder);
  if (options.json) output.json({ report: html });
  else output.print(`wrote ${html}`);
}
