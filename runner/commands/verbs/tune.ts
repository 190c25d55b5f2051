import { join } from 'node:path';
import type { Command } from 'commander';
import type { Gpu } from '../../../src/engine/device/index.js';
import type { TuningRecord } from '../../../src/engine/tuner/index.js';
import { formatTable, type Output, progressOf } from '../../progress/output.js';
import type { Tools } from '../../tools/tools.js';
import type { TuningWork } from '../../tuning/tuningWork.js';
import { UsageError } from '../options/errors.js';
import { addShared, positiveInteger, readJson, type SharedOptions } from '../options/options.js';
import { addSizeFlags, readSizeFlags, type SizeFlags } from '../options/protocolFlags.js';

interface TuneOptions extends SharedOptions, SizeFlags {
  readonly study?: string;
  readonly supernet?: boolean;
  readonly classes: number;
  readonly seconds: number;
  readonly clear?: boolean;
}

export function addTune(program: Command, tools: Tools, output: Output): void {
  const command = program
    .command('tune')
    .summary('measure which kernels are quickest on this device')
    .description(
      'Times the alternative kernels for the layers of networks on this device, and stores those that are significantly faster. Other commands then use these. Choices measured before are kept. Without sizes or a study: the networks of quickstart, and the published ones of the space.',
    )
    .option('--study <file>', 'tune for the networks of a study')
    .option('--supernet', 'tune for the supernet of the space only')
    .option('--classes <number>', 'classes', positiveInteger, 10)
    .option('--seconds <number>', 'start no measurement after this time; run again to continue', positiveInteger, 120)
    .option('--clear', 'delete the choices for this device, and measure nothing');
  addShared(addSizeFlags(command), 'space', 'adapter').action((options: TuneOptions) => tune(options, tools, output));
}

async function tune(options: TuneOptions, tools: Tools, output: Output): Promise<void> {
  const work = options.clear ? [] : await chosenWork(options);
  const gpu = await tools.openGpu(options.adapter);
  try {
    if (options.clear) await clear(gpu, options, tools, output);
    else await measure(gpu, work, options, tools, output);
  } finally {
    gpu.dispose();
  }
}

/** @throws {UsageError} when sizes are wrong @throws {StudyError} when the study is wrong */
async function chosenWork(options: TuneOptions): Promise<TuningWork[]> {
  const { spaceWork, studyWork, supernetWork } = await import('../../tuning/tuningWork.js');
  const { parseStudy } = await import('../../../src/nas/transfer/index.js');
  const { AttributeError } = await import('../../../src/engine/errors/index.js');
  const { packageRoot } = await import('../../package/package.js');
  const { study, supernet, space, classes } = options;
  const sizes = await readSizeFlags(options);
  const given = Object.keys(sizes).length > 0;
  if (study !== undefined && given)
    throw new UsageError('tune: got --study and sizes, wanted one of them: a study has sizes of its own');
  if (study !== undefined && supernet)
    throw new UsageError('tune: got --study and --supernet, wanted one of them: a study says what it trains');
  try {
    if (study !== undefined) return studyWork(parseStudy(await readJson(study), study), classes);
    if (supernet) return [supernetWork(space, sizes, classes)];
    if (given) return spaceWork(space, sizes, classes);
    const file = join(packageRoot(), 'studies', 'quickstart.json');
    const quickstart = parseStudy({ ...((await readJson(file)) as object), space }, 'studies/quickstart.json');
    return [...studyWork(quickstart, classes), ...spaceWork(space, {}, classes)];
  } catch (error) {
    if (error instanceof AttributeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function clear(gpu: Gpu, { json }: TuneOptions, tools: Tools, output: Output): Promise<void> {
  const { removeTuning } = await import('../../../src/engine/tuner/index.js');
  await removeTuning(gpu, await tools.openTunings());
  if (json) output.json({ adapter: gpu.info, cleared: true });
  else output.print(`deleted the choices for ${gpu.info.name}`);
}

async function measure(
  gpu: Gpu,
  work: readonly TuningWork[],
  options: TuneOptions,
  tools: Tools,
  output: Output,
): Promise<void> {
  const { tuneAndKeep } = await import('../../tuning/tuneAndKeep.js');
  const progress = await progressOf(output, options);
  const outcome = await tuneAndKeep(gpu, work, await tools.openTunings(), { ...options, progress }).finally(() =>
    progress.clear(),
  );
  const { records, known, left, digest } = outcome;
  if (options.json) {
    output.json({ adapter: gpu.info, tuned: digest ?? null, known, left, records });
    return;
  }
  const changed = records.filter(({ chosen, usual }) => chosen !== usual);
  if (changed.length > 0) output.print(table(changed, output));
  for (const { key, rejected } of records)
    for (const { variant, reason } of rejected)
      output.print(`${key}: ${variant} is rejected: ${reason.split('\n')[0]}`);
  const before = known === 0 ? '' : `, ${known} known before`;
  output.print(
    `${records.length} choices measured${before}: another kernel than the default one for ${changed.length}`,
  );
  if (left > 0) output.print(`${left} choices left when the time was over: run the same command again to continue`);
  output.print(digest === undefined ? 'kernels: the default ones' : `kernels: tuned (${digest})`);
}

function table(records: readonly TuningRecord[], output: Output): string {
  const rows = records.map(({ key, measuredOn, usual, chosen, times }) => {
    const of = (name: string) => times.find(({ variant }) => variant === name)?.microseconds ?? Number.NaN;
    const gain = of(usual) / of(chosen);
    return [key, measuredOn, usual, chosen, of(usual).toFixed(1), of(chosen).toFixed(1), gain.toFixed(2)];
  });
  const header = ['choice', 'measured on', 'default', 'chosen', 'default µs', 'chosen µs', 'speed-up'];
  return formatTable(header, rows, { ...output, right: header.slice(4) });
}
