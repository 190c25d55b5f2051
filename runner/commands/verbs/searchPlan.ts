import type { MemoryPrediction, Remedy, SearchTask, StudyMethod } from '../../../src/nas/transfer/index.js';
import { formatTable, type Output } from '../../progress/output.js';
import type { JobSettings } from '../../study/job.js';
import type { PrepareOptions } from '../../study/prepare.js';
import type { Tools } from '../../tools/tools.js';
import { UsageError } from '../options/errors.js';

/** JSON of `search --plan`, in bytes. */
interface SearchPlan extends MemoryPrediction {
  readonly method: string;
  readonly space: string;
  /** Changes that reduce the memory, least memory first. */
  readonly remedies: readonly { readonly change: string; readonly total: number; readonly fits: boolean }[];
}

/** Prints the memory that a search would take. @throws {UsageError} for a method that trains no supernet */
export async function planSearch(
  job: JobSettings<SearchTask>,
  { name, options: given }: StudyMethod,
  tools: Tools,
  options: PrepareOptions & { readonly json?: boolean },
  output: Output,
): Promise<void> {
  const { methodByName } = await import('../../../src/nas/methods/index.js');
  const { memoryRemedies, predictMemory } = await import('../../../src/nas/transfer/index.js');
  const { prepareJob, readJobImages } = await import('../../study/job.js');
  if (methodByName(name).needs(given) !== 'supernet')
    throw new UsageError(`--plan: ${name} trains no supernet; its networks are trained one by one (see count)`);
  const { space, fit } = job;
  const prepared = await prepareJob(job, await readJobImages(job, options), tools, options);
  try {
    if (fit && !options.json) output.notice(fit.describe());
    const { gpu, tuning, task, sets, sourceContext } = prepared;
    const work = { imageSet: sets.open, variants: tuning?.variants, sourceContext };
    const prediction = await predictMemory(gpu, space, task, work);
    const remedies = await memoryRemedies(gpu, space, task, work);
    if (options.json) output.json(asJson(space.name, name, prediction, remedies));
    else print(prediction, remedies, output);
  } finally {
    prepared.dispose();
  }
}

function asJson(space: string, method: string, prediction: MemoryPrediction, remedies: readonly Remedy[]): SearchPlan {
  return {
    space,
    method,
    ...prediction,
    remedies: remedies.map(({ change, prediction: { total, fits } }) => ({ change, total, fits })),
  };
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

function print(prediction: MemoryPrediction, remedies: readonly Remedy[], output: Output): void {
  const { weights, optimizer, images, programs, total, largest, limit, largestLimit, fits } = prediction;
  const rows = [
    ['weights', mebibytes(weights), ''],
    ['optimisers', mebibytes(optimizer), ''],
    ['images', mebibytes(images), ''],
    ['programs', mebibytes(programs), ''],
    ['total', mebibytes(total), limit === undefined ? 'not known' : mebibytes(limit)],
    ['largest buffer', mebibytes(largest), mebibytes(largestLimit)],
  ];
  output.print(formatTable(['what', 'MiB', 'limit'], rows, { ...output, right: ['MiB', 'limit'] }));
  output.print(fits ? 'it fits' : 'it does not fit');
  if (remedies.length === 0) return;
  output.print('');
  const changes = remedies.map(({ change, prediction: { total, fits } }) => [
    change,
    mebibytes(total),
    fits ? 'yes' : 'no',
  ]);
  output.print(formatTable(['change', 'MiB', 'fits'], changes, { ...output, right: ['MiB'] }));
}
