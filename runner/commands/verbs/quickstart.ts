import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Gpu } from '../../../src/engine/device/index.js';
import type { Engine } from '../../../src/engine/runtime/index.js';
import { type Output, progressOf } from '../../progress/output.js';
import type { Progress } from '../../progress/progress.js';
import type { KeptPlan } from '../../quickstart/kept.js';
import type { Tools } from '../../tools/tools.js';
import { addShared } from '../options/options.js';
import type { StudyOptions } from './studyOutput.js';

const DEFAULT_MINUTES = 2;
const DEFAULT_SEED = 0;

interface QuickstartOptions extends StudyOptions {
  readonly out: string;
  readonly minutes?: number;
}

export function addQuickstart(program: Command, tools: Tools, output: Output): void {
  const command = program
    .command('quickstart')
    .summary('a first study on real images, in minutes')
    .description(
      'Three methods search on two sources, and the networks found are trained on handwritten digits. The device is timed first, ' +
        'and the largest study that fits into the time is chosen. Run again in the same folder, it continues the same study; ' +
        'another --minutes or --seed makes a new plan.',
    )
    .option('--out <folder>', 'folder of the study', join('runs', 'quickstart'))
    .option('--minutes <number>', `how long it may take (default: ${DEFAULT_MINUTES})`, positiveNumber);
  addShared(command, 'adapter', 'tune', 'dataDir', 'seed').action((options: QuickstartOptions) =>
    quickstart(options, tools, output),
  );
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError('Wanted a number above 0.');
  return value;
}

async function quickstart(options: QuickstartOptions, tools: Tools, output: Output): Promise<void> {
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const progress = await progressOf(output, options);
  progress.note(`quickstart: a study of three methods, two sources and two seeds; results go to ${options.out}`);
  const { makeFolder } = await import('../../files/makeFolder.js');
  await makeFolder(options.out);
  const gpu = await tools.openGpu(options.adapter);
  let handedOver = false;
  try {
    const { plan, study, engine, fresh } = await planOf(gpu, options, tools, elapsed, progress);
    const { parseStudy } = await import('../../../src/nas/transfer/index.js');
    const { keepPlan, STUDY_FILE } = await import('../../quickstart/kept.js');
    const { roughly } = await import('../../quickstart/words.js');
    const { studyCommand } = await import('./studyOutput.js');
    const file = join(options.out, STUDY_FILE);
    const work: Tools = {
      ...tools,
      async openGpu() {
        handedOver = true;
        return gpu;
      },
      // Reuses the kernels that the measurement compiled.
      createExecutors: (device, space, given) => tools.createExecutors(device, space, { ...given, engine }),
    };
    const begin = () => (fresh ? keepPlan(options.out, plan, study) : Promise.resolve());
    await studyCommand(
      parseStudy(study, file),
      { ...options, rerun: `nastransfer study ${file}`, begin },
      work,
      output,
    );
    if (fresh && !options.json)
      output.notice(`quickstart took ${roughly(elapsed())}; the estimate was ${roughly(plan.estimate)}`);
  } finally {
    if (!handedOver) gpu.dispose();
  }
}

interface Planned {
  readonly plan: KeptPlan;
  readonly study: object;
  /** Holds the kernels compiled for the measurement. */
  readonly engine?: Engine;
  /** True for a new plan, false for one read from the folder. */
  readonly fresh: boolean;
}

async function planOf(
  gpu: Gpu,
  options: QuickstartOptions,
  tools: Tools,
  elapsed: () => number,
  progress: Progress,
): Promise<Planned> {
  const { readKept } = await import('../../quickstart/kept.js');
  const { roughly } = await import('../../quickstart/words.js');
  const kept = await readKept(options.out);
  const minutes = options.minutes ?? kept?.plan.minutes ?? DEFAULT_MINUTES;
  const seed = options.seed ?? kept?.plan.seed ?? DEFAULT_SEED;
  if (kept) {
    const { plan, study } = kept;
    const changes = [
      ...(plan.minutes === minutes ? [] : [`for ${plan.minutes} minutes, now ${minutes}`]),
      ...(plan.seed === seed ? [] : [`with seed ${plan.seed}, now ${seed}`]),
      ...(plan.device === gpu.info.name ? [] : [`on ${plan.device}, now ${gpu.info.name}`]),
    ];
    if (changes.length === 0) {
      progress.note(
        `quickstart: continues the study planned before, for ${minutes} min; the whole study was estimated at about ${roughly(plan.estimate)}`,
      );
      return { plan, study: study as object, fresh: false };
    }
    progress.note(
      `quickstart: the folder's study was planned ${changes.join(', ')}: making a new plan; jobs that both plans share are kept`,
    );
  }
  const { interruptible } = await import('../../progress/interrupt.js');
  const { newPlan } = await import('../../quickstart/newPlan.js');
  const { quickstartStudy } = await import('../../quickstart/studyFile.js');
  const { LADDER } = await import('../../quickstart/sizes.js');
  progress.note(`quickstart: timing ${gpu.info.name} to plan for ${minutes} min`);
  const { dataDir, tune } = options;
  const notice = (text: string) => progress.note(text);
  const { plan, engine } = await interruptible('stopped while the device was timed; run the same command again', () =>
    newPlan(gpu, tools, { minutes, seed, dataDir, tune, elapsed, notice }),
  );
  return { plan, engine, study: quickstartStudy(LADDER[plan.rung], seed), fresh: true };
}
