import type { Gpu } from '../../engine/device/gpu.js';
import { MemoryLimitError, NasTransferError } from '../../engine/errors/errors.js';
import { type PlannedMemory, PlanningEngine, PlanOnlyError } from '../../engine/runtime/planningEngine.js';
import type { ImageSet } from '../data/imageSet.js';
import { METHOD_NAMES, methodByName } from '../methods/methods.js';
import type { Search } from '../search/method.js';
import type { Space } from '../spaces/shared/space.js';
import type { ExecutorOptions } from './executors.js';
import type { SearchTask } from './plan.js';
import { searchProblem } from './searchProblem.js';

/** Bytes that a search on a supernet will hold on the device when it holds most, and what the device allows. */
export interface MemoryPrediction {
  /** Weights, running averages and architecture parameters. */
  readonly weights: number;
  /** Moments of the optimisers and copies of weights. */
  readonly optimizer: number;
  readonly images: number;
  /** Activations, gradients and scratch of the programs. */
  readonly programs: number;
  readonly total: number;
  /** Of the largest single buffer. */
  readonly largest: number;
  /** Absent: the device tells none. */
  readonly limit?: number;
  readonly largestLimit: number;
  readonly fits: boolean;
}

/** A change of a search, and what it would need then. */
export interface Remedy {
  readonly change: string;
  readonly prediction: MemoryPrediction;
}

export type PredictionOptions = Pick<ExecutorOptions, 'imageSet' | 'variants'>;

/** What a search will need, found by building it on an engine that takes no memory. @throws what building it would throw */
export async function predictMemory(
  gpu: Gpu,
  space: Space,
  task: SearchTask,
  { imageSet, variants }: PredictionOptions,
): Promise<MemoryPrediction> {
  return predictWith(gpu, space, task, await imageSet(task.specification.set), variants);
}

/** The changes, each alone, by which the search needs less, the least first. */
export async function memoryRemedies(
  gpu: Gpu,
  space: Space,
  task: SearchTask,
  { imageSet, variants }: PredictionOptions,
): Promise<Remedy[]> {
  const set = await imageSet(task.specification.set);
  const { total } = await predictWith(gpu, space, task, set, variants);
  const remedies: Remedy[] = [];
  for (const { change, task: changed } of changes(task)) {
    try {
      const prediction = await predictWith(gpu, space, changed, set, variants);
      if (prediction.total < total) remedies.push({ change, prediction });
    } catch (error) {
      // A change that the space or these sizes do not allow is none.
      if (!(error instanceof NasTransferError)) throw error;
    }
  }
  return remedies.sort((a, b) => a.prediction.total - b.prediction.total);
}

/** @throws MemoryLimitError where the search would come to need more than the device allows */
export async function requireMemory(
  gpu: Gpu,
  space: Space,
  task: SearchTask,
  options: PredictionOptions,
): Promise<void> {
  const { fits, total, largest, limit, largestLimit } = await predictMemory(gpu, space, task, options);
  if (fits) return;
  const over =
    largest > largestLimit
      ? `a buffer of ${formatBytes(largest)}, the device binds at most ${formatBytes(largestLimit)}`
      : `${formatBytes(total)}, the limit is ${formatBytes(limit ?? 0)}`;
  throw new MemoryLimitError(`search by ${task.methodName}: would take ${over}`);
}

/** The error with what would make the search fit, and what it would need then. */
export async function withRemedies(
  error: MemoryLimitError,
  gpu: Gpu,
  space: Space,
  task: SearchTask,
  options: PredictionOptions,
): Promise<MemoryLimitError> {
  const { total } = await predictMemory(gpu, space, task, options);
  const remedies = await memoryRemedies(gpu, space, task, options);
  const told = remedies.map(
    ({ change, prediction }) =>
      `${formatBytes(prediction.total)} with ${change}${prediction.fits ? '' : ' (still too much)'}`,
  );
  const less = told.length > 0 ? `; it would take ${told.join('; ')}` : '';
  return new MemoryLimitError(`${error.message}. The whole search takes ${formatBytes(total)}${less}`, {
    cause: error,
  });
}

/** `12.3 MiB`. */
export function formatBytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

function changes(task: SearchTask): { change: string; task: SearchTask }[] {
  const { protocol, methodName } = task;
  const options = task.options as Readonly<Record<string, unknown>>;
  const half = Math.floor(protocol.batch / 2);
  const others: readonly [string, string][] = [
    ['pc-darts', 'candidates see a quarter of the channels'],
    ['gdas', 'one candidate an edge in every step'],
    ['random-sharing', 'one architecture in every step'],
  ];
  return [
    ...(half > 0 ? [{ change: `batches of ${half}`, task: { ...task, protocol: { ...protocol, batch: half } } }] : []),
    ...(options.checkpoint === false
      ? [{ change: 'option checkpoint=true', task: { ...task, options: { ...options, checkpoint: true } } }]
      : []),
    ...others
      .filter(([name]) => name !== methodName && METHOD_NAMES.includes(name))
      .map(([name, why]) => ({
        change: `method ${name} (${why})`,
        task: { ...task, methodName: name, options: methodByName(name).options.parse({}) },
      })),
  ];
}

async function predictWith(
  gpu: Gpu,
  space: Space,
  task: SearchTask,
  set: ImageSet,
  variants: PredictionOptions['variants'],
): Promise<MemoryPrediction> {
  const engine = new PlanningEngine(gpu, { variants });
  try {
    const problem = await searchProblem(engine, space, task, set);
    await build(methodByName(task.methodName).start(problem, task.options));
    const { maxBufferSize, maxStorageBufferBindingSize } = gpu.limits;
    const largestLimit = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    const { largest, peak } = engine;
    const { memoryLimit: limit } = gpu;
    const fits = largest <= largestLimit && (limit === undefined || peak.total <= limit);
    return { ...parts(peak), largest, ...(limit === undefined ? {} : { limit }), largestLimit, fits };
  } finally {
    engine.dispose();
  }
}

async function build(search: Search): Promise<void> {
  try {
    if (search.plan) await search.plan();
    else await search.step();
  } catch (error) {
    if (!(error instanceof PlanOnlyError)) throw error;
  } finally {
    search.dispose?.();
  }
}

function parts({ sets, programs, total }: PlannedMemory) {
  const of = (wanted: (name: string) => boolean) =>
    sets.reduce((sum, { name, bytes }) => sum + (wanted(name) ? bytes : 0), 0);
  const images = of((name) => name.startsWith('images'));
  // Optimisers name their sets after those that they move.
  const optimizer = of((name) => name.includes('/'));
  return { weights: total - programs - images - optimizer, optimizer, images, programs, total };
}
