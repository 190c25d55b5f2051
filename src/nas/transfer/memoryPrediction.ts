import type { DeviceDescription } from '../../engine/device/description.js';
import { MemoryLimitError, NasTransferError } from '../../engine/errors/errors.js';
import type { VariantTable } from '../../engine/graph/kernelTarget.js';
import type { VariableRole } from '../../engine/graph/variables.js';
import { largestBinding } from '../../engine/runtime/memoryLimit.js';
import { type PlannedMemory, PlanningEngine } from '../../engine/runtime/planningEngine.js';
import { PlanOnlyError } from '../../engine/runtime/planOnlyError.js';
import type { ImageSet } from '../data/images/imageSet.js';
import type { SourceContext } from '../data/sources.js';
import { METHOD_NAMES, methodByName } from '../methods/methods.js';
import type { Search } from '../search/method.js';
import type { Space } from '../spaces/shared/space.js';
import { searchProblem } from './searchProblem.js';
import type { SearchTask } from './tasks.js';

/** Peak memory of a search on a supernet, and the limits of the device; all in bytes. */
export interface MemoryPrediction {
  /** Weights, running statistics and architecture parameters. */
  readonly weights: number;
  /** Moments of the optimisers and copies of weights. */
  readonly optimizer: number;
  /** Images and labels. */
  readonly images: number;
  /** Activations, gradients and scratch memory of the programs. */
  readonly programs: number;
  /** Sum of the four parts. */
  readonly total: number;
  /** The largest single buffer. */
  readonly largest: number;
  /** Limit of `total`; absent where the device reports none. */
  readonly limit?: number;
  /** Limit of `largest`. */
  readonly largestLimit: number;
  /** Whether both limits are kept. */
  readonly fits: boolean;
}

/** A change of a search that reduces its memory, and the prediction with it. */
export interface Remedy {
  readonly change: string;
  readonly prediction: MemoryPrediction;
}

/** What a prediction needs besides a device and the search. */
export interface PredictionOptions {
  /** Loads an image set by the name that tasks use. */
  imageSet(name: string): Promise<ImageSet>;
  /** Choices between kernels that `tune` measured on the device; default: the usual kernels. */
  readonly variants?: VariantTable;
  /** For sources whose rule needs a device; left out, such a rule fails. */
  readonly sourceContext?: SourceContext;
}

/**
 * Predicts the memory of a search by building it on an engine that allocates nothing. No device has to be open.
 * @throws whatever building the search throws
 */
export async function predictMemory(
  gpu: DeviceDescription,
  space: Space,
  task: SearchTask,
  options: PredictionOptions,
): Promise<MemoryPrediction> {
  return predictWith(gpu, space, task, await options.imageSet(task.specification.set), options);
}

/**
 * Changes that each reduce the memory of a search: smaller batches, checkpoints, methods that need less.
 * @returns the changes, the one that needs least first
 * @throws whatever building the search throws
 */
export async function memoryRemedies(
  gpu: DeviceDescription,
  space: Space,
  task: SearchTask,
  options: PredictionOptions,
): Promise<Remedy[]> {
  const set = await options.imageSet(task.specification.set);
  const { total } = await predictWith(gpu, space, task, set, options);
  const remedies: Remedy[] = [];
  for (const { change, task: changed } of changes(task)) {
    try {
      const prediction = await predictWith(gpu, space, changed, set, options);
      if (prediction.total < total) remedies.push({ change, prediction });
    } catch (error) {
      // The space or the sizes do not allow this change.
      if (!(error instanceof NasTransferError)) throw error;
    }
  }
  return remedies.sort((a, b) => a.prediction.total - b.prediction.total);
}

/**
 * Checks that a search fits on the device.
 * @throws {MemoryLimitError} when it does not
 */
export async function requireMemory(
  gpu: DeviceDescription,
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

/** The error with the changes that reduce the memory of the search added to its message. */
export async function withRemedies(
  error: MemoryLimitError,
  gpu: DeviceDescription,
  space: Space,
  task: SearchTask,
  options: PredictionOptions,
): Promise<MemoryLimitError> {
  const { total } = await predictMemory(gpu, space, task, options);
  const remedies = await memoryRemedies(gpu, space, task, options);
  const texts = remedies.map(
    ({ change, prediction }) =>
      `${formatBytes(prediction.total)} with ${change}${prediction.fits ? '' : ' (still too much)'}`,
  );
  const less = texts.length > 0 ? `; it would take ${texts.join('; ')}` : '';
  return new MemoryLimitError(`${error.message}. The whole search takes ${formatBytes(total)}${less}`, {
    cause: error,
  });
}

/** `12.3 MiB`. */
function formatBytes(bytes: number): string {
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
  gpu: DeviceDescription,
  space: Space,
  task: SearchTask,
  set: ImageSet,
  { variants, sourceContext }: PredictionOptions,
): Promise<MemoryPrediction> {
  const engine = new PlanningEngine(gpu, { variants });
  try {
    const problem = await searchProblem(engine, space, task, set, undefined, { sourceContext });
    await build(methodByName(task.methodName).start(problem, task.options));
    const largestLimit = largestBinding(gpu);
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
  const bytesOf = (wanted: VariableRole) =>
    sets.reduce((sum, { role, bytes }) => sum + (role === wanted ? bytes : 0), 0);
  return { weights: bytesOf('weights'), optimizer: bytesOf('optimizer'), images: bytesOf('data'), programs, total };
}
