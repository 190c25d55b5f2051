import type { Command } from 'commander';
import type { SearchOutcome } from '../../../src/nas/records/index.js';
import type { SearchTask } from '../../../src/nas/transfer/index.js';
import { IMAGE_SETS } from '../../names/imageSetNames.js';
import { METHOD_NAMES, SOURCE_FORMS } from '../../names/registryNames.js';
import { type Output, progressOf } from '../../progress/output.js';
import type { JobSettings } from '../../study/job.js';
import type { Tools } from '../../tools/tools.js';
import { checkOptionNames } from '../options/methodOptions.js';
import { addShared, collectAssignment, positiveInteger, type SharedOptions } from '../options/options.js';
import { pluginsOf } from '../options/plugins.js';
import { addProtocolFlags, CHOSEN, type ProtocolFlags, readProtocolFlags } from '../options/protocolFlags.js';

interface SearchOptions extends SharedOptions, ProtocolFlags {
  readonly method: string;
  readonly source: string;
  readonly limit?: number;
  readonly option?: Record<string, unknown>;
  readonly out?: string;
  readonly plan?: boolean;
}

export function addSearch(program: Command, tools: Tools, output: Output): void {
  const command = program
    .command('search')
    .summary('search an architecture on one source')
    .description('Runs one search method on one source and prints what it found.')
    .requiredOption('--method <name>', METHOD_NAMES.join(', '))
    .requiredOption('--source <source>', `${SOURCE_FORMS.join(', ')}; SET is ${IMAGE_SETS}`)
    .option('--limit <images>', 'at most this many images', positiveInteger)
    .option(
      '--option <name=value>',
      'option of the method, such as population=20; may be given several times; nastransfer methods NAME lists them',
      collectAssignment,
    )
    .option('--out <folder>', 'folder for the outcome; a search that is finished there is not repeated')
    .option('--plan', 'print the memory that a search on a supernet would take, without searching');
  addShared(addProtocolFlags(command, CHOSEN), 'space', 'plugin', 'adapter', 'tune', 'dataDir', 'seed').action(
    (options: SearchOptions) => search(options, tools, output),
  );
}

async function search(options: SearchOptions, tools: Tools, output: Output): Promise<void> {
  const { parseSource, sourceCounts } = await import('../../../src/nas/data/index.js');
  const { methodByName } = await import('../../../src/nas/methods/index.js');
  const { spaceByName } = await import('../../../src/nas/spaces/index.js');
  const { searchProtocol, searchTask, studyMethod, studySource } = await import('../../../src/nas/transfer/index.js');
  const { fitSearch } = await import('../../study/fit.js');
  const { adapterOf } = await import('../../study/prepare.js');
  const { runJob } = await import('../../study/job.js');
  const { showJobs } = await import('../../study/studyProgress.js');
  const { supernetDoubts } = await import('../../study/doubts.js');
  const { method: name, limit, seed = 0, out } = options;
  const plugins = await pluginsOf(options);
  await checkOptionNames(name, options.option);
  const space = spaceByName(options.space);
  const chosen = studyMethod(name, options.option);
  const source = studySource({ ...parseSource(options.source), ...(limit === undefined ? {} : { limit }) });
  const { published, overrides } = await readProtocolFlags(options);
  const method = methodByName(name);
  const needs = method.needs(chosen.options);
  const protocol = searchProtocol(space, chosen, overrides);
  const fitted = !published && needs !== 'nothing';
  const job: JobSettings<SearchTask> = {
    space,
    set: source.specification.set,
    protocol,
    ...(fitted ? { fit: fitSearch(space, chosen, source, seed, protocol, overrides) } : {}),
    task: ({ context }, fitting) =>
      searchTask(context, { space: space.name, method: chosen, source, seed, protocol: fitting }),
  };
  const { adapter, dataDir, tune } = options;
  if (options.plan) {
    const { planSearch } = await import('./searchPlan.js');
    await planSearch(job, chosen, tools, { adapter, dataDir, tune, plugins, json: options.json }, output);
    return;
  }
  const progress = await progressOf(output, options);
  const found = await runJob(
    job,
    tools,
    {
      adapter,
      dataDir,
      tune,
      plugins,
      out,
      file: 'search.json',
      notice: (text) => progress.note(text),
      onEvent: showJobs(progress),
    },
    {
      work: ({ executors, task }, report) => executors.search(task, report),
      async describe(outcome: SearchOutcome, prepared) {
        const { task, sets, sourceContext } = prepared;
        const set = await sets.open(task.specification.set);
        const { images, half } = await sourceCounts(set, task.specification, seed, sourceContext);
        const perEpoch = method.joinsHalves?.(task.options) ? images : half;
        return {
          space: space.name,
          method: name,
          options: task.options,
          source: task.source,
          seed,
          protocol: task.protocol,
          adapter: adapterOf(prepared),
          ...(plugins.length > 0 ? { plugins } : {}),
          hash: task.hash,
          ...outcome,
          warnings: [
            ...(outcome.warnings ?? []),
            ...(needs === 'supernet' ? supernetDoubts(outcome, task.protocol, perEpoch) : []),
          ],
        };
      },
    },
  ).finally(() => progress.clear());
  const { stopped, warnings } = found;
  if (stopped) output.notice(`stopped after epoch ${stopped.epoch}: ${stopped.reason}`);
  for (const warning of warnings) output.notice(`warning: ${warning}`);
  if (options.json) output.json(found);
  else output.print(found.architecture);
}
