import { join } from 'node:path';
import type { PluginRecord } from '../../../src/nas/records/index.js';
import type { Study, StudyResults } from '../../../src/nas/transfer/index.js';
import { decimal, percent, percentSpread, signed } from '../../progress/numbers.js';
import { formatTable, type Output, progressOf } from '../../progress/output.js';
import { opening } from '../../report/opening.js';
import { verdict } from '../../report/verdict.js';
import { conductStudy } from '../../study/conduct.js';
import { countJobs, showJobs } from '../../study/studyProgress.js';
import type { Tools } from '../../tools/tools.js';
import type { SharedOptions } from '../options/options.js';

export interface StudyOptions extends SharedOptions {
  readonly out?: string;
  readonly plugins?: readonly PluginRecord[];
}

/** The seeds of a study, counted from `first`. */
export function withSeed(study: Study, first: number | undefined): Study {
  return first === undefined ? study : { ...study, seeds: study.seeds.map((_, i) => first + i) };
}

/** Runs a study for a command: progress on standard error, the table or the JSON of the results on standard output. */
export async function studyCommand(
  study: Study,
  options: StudyOptions & {
    readonly out: string;
    readonly rerun: string;
    /** Called when the folder is locked, before the first job. */
    readonly begin?: () => Promise<void>;
  },
  tools: Tools,
  output: Output,
): Promise<void> {
  const { out, adapter, dataDir, tune, plugins, rerun } = options;
  const progress = await progressOf(output, options);
  const results = await conductStudy(study, tools, {
    out,
    adapter,
    dataDir,
    tune,
    plugins,
    rerun: tune === false ? `${rerun} --no-tune` : rerun,
    notice: (text) => progress.note(text),
    onReady: async ({ gpu, plan }, store) => {
      await options.begin?.();
      const { kinds, done } = await countJobs(plan, store);
      const before = done === 0 ? '' : `, ${done} done before`;
      progress.note(`${study.name}: ${kinds.length} jobs to do${before}, on ${gpu.info.name}; results go to ${out}`);
      progress.beginStudy(kinds, done);
    },
    onEvent: showJobs(progress),
  }).finally(() => progress.clear());
  if (options.json) {
    output.json(results);
    return;
  }
  output.print(resultTable(results, output));
  output.print('');
  if (results.references) output.print(referenceTable(results, output));
  for (const { target, chance, linear } of results.baselines)
    output.print(`${target}: a linear classifier ${percent(linear)} %, guessing ${percent(chance)} %`);
  output.print(verdict(results));
  for (const sentence of opening(results)) output.print(sentence);
  output.print(`report: ${join(out, 'report.html')}`);
}

/** Accuracy and relative improvement of every method, source and target. */
export function resultTable({ summary }: StudyResults, output: Output): string {
  const rows = summary.cells.map(({ method, source, target, accuracy, relativeImprovement }) => {
    const judged = summary.judged?.find(
      (cell) => cell.method === method && cell.source === source && cell.target === target,
    );
    return [
      method,
      source,
      target,
      percentSpread(accuracy),
      relativeImprovement ? signed(relativeImprovement.mean, 1) : '',
      ...(summary.judged
        ? [judged ? percentSpread(judged.regret) : '', judged ? decimal(judged.better.mean, 1) : '']
        : []),
      `${accuracy.count}`,
    ];
  });
  const judged = summary.judged ? ['regret', 'better %'] : [];
  const header = ['method', 'source', 'target', 'accuracy %', 'over random %', ...judged, 'seeds'];
  return formatTable(header, rows, { ...output, right: header.slice(3) });
}

/** Reference levels, which come from no search, with descriptions. */
function referenceTable({ references = [] }: StudyResults, output: Output): string {
  const rows = references.map(({ name, target, accuracy, deviation, description }) => [
    name,
    target,
    deviation === undefined ? percent(accuracy, 2) : `${percent(accuracy, 2)} ± ${percent(deviation, 2)}`,
    description,
  ]);
  return formatTable(['reference', 'target', 'accuracy %', 'description'], rows, { ...output, right: ['accuracy %'] });
}
