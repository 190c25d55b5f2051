import type { Command } from 'commander';
import type { TrainingOutcome } from '../../../src/nas/records/index.js';
import type { TrainingTask } from '../../../src/nas/transfer/index.js';
import { IMAGE_SETS } from '../../names/imageSetNames.js';
import { type Output, progressOf } from '../../progress/output.js';
import type { JobSettings } from '../../study/job.js';
import type { Tools } from '../../tools/tools.js';
import { addShared, positiveInteger, type SharedOptions } from '../options/options.js';
import { pluginsOf } from '../options/plugins.js';
import {
  addProtocolFlags,
  addRegularizationFlags,
  CHOSEN,
  type ProtocolFlags,
  readProtocolFlags,
} from '../options/protocolFlags.js';

interface TrainOptions extends SharedOptions, ProtocolFlags {
  readonly architecture: string;
  readonly target: string;
  readonly limit?: number;
  readonly testLimit?: number;
  readonly out?: string;
}

export function addTrain(program: Command, tools: Tools, output: Output): void {
  const command = program
    .command('train')
    .summary('train an architecture from scratch')
    .description(
      'Trains one architecture from scratch on the training images of a set and tests it on its test images.',
    )
    .requiredOption('--architecture <text>', 'the architecture, as its space writes it')
    .requiredOption('--target <set>', IMAGE_SETS)
    .option('--limit <images>', 'at most this many training images', positiveInteger)
    .option('--test-limit <images>', 'at most this many test images', positiveInteger)
    .option('--out <folder>', 'folder for the outcome; a training that is finished there is not repeated');
  const settings = addRegularizationFlags(addProtocolFlags(command, CHOSEN));
  addShared(settings, 'space', 'plugin', 'adapter', 'tune', 'dataDir', 'seed').action((options: TrainOptions) =>
    train(options, tools, output),
  );
}

async function train(options: TrainOptions, tools: Tools, output: Output): Promise<void> {
  const { spaceByName } = await import('../../../src/nas/spaces/index.js');
  const { studyTarget, trainingProtocol, trainingTask } = await import('../../../src/nas/transfer/index.js');
  const { fitTraining } = await import('../../study/fit.js');
  const { adapterOf } = await import('../../study/prepare.js');
  const { runJob } = await import('../../study/job.js');
  const { showJobs } = await import('../../study/studyProgress.js');
  const { trainingDoubts } = await import('../../study/doubts.js');
  const { target: set, limit, testLimit, seed = 0, out } = options;
  const plugins = await pluginsOf(options);
  const space = spaceByName(options.space);
  const architecture = space.format(space.parse(options.architecture));
  const { published, overrides } = await readProtocolFlags(options);
  const target = studyTarget({ set, limit, testLimit });
  const job: JobSettings<TrainingTask> = {
    space,
    set,
    protocol: trainingProtocol(space, overrides),
    ...(published ? {} : { fit: fitTraining(space, architecture, target, overrides) }),
    task: ({ context }, protocol) => trainingTask(context, { space: space.name, architecture, target, seed, protocol }),
  };
  const progress = await progressOf(output, options);
  const { adapter, dataDir, tune } = options;
  const trained = await runJob(
    job,
    tools,
    {
      adapter,
      dataDir,
      tune,
      plugins,
      out,
      file: 'training.json',
      notice: (text) => progress.note(text),
      onEvent: showJobs(progress),
    },
    {
      work: ({ executors, task }, report) => executors.train(task, report),
      async describe(outcome: TrainingOutcome, prepared) {
        const { task, sets } = prepared;
        return {
          space: space.name,
          architecture,
          target: task.target,
          seed,
          protocol: task.protocol,
          adapter: adapterOf(prepared),
          ...(plugins.length > 0 ? { plugins } : {}),
          hash: task.hash,
          ...outcome,
          warnings: trainingDoubts(outcome, task.protocol, await sets.open(set), task.target),
        };
      },
    },
  ).finally(() => progress.clear());
  for (const warning of trained.warnings) output.notice(`warning: ${warning}`);
  if (options.json) output.json(trained);
  else output.print(`test accuracy ${(100 * trained.accuracy).toFixed(2)} %, loss ${trained.loss.toFixed(4)}`);
}
