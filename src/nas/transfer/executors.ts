import type { Gpu } from '../../engine/device/gpu.js';
import { MemoryLimitError } from '../../engine/errors/errors.js';
import { Engine } from '../../engine/runtime/engine.js';
import type { ImageSet } from '../data/images/imageSet.js';
import { methodByName } from '../methods/methods.js';
import type { SearchOutcome, TrainingOutcome } from '../records/outcome.js';
import type { SearchEvent } from '../search/events.js';
import { networkSettings } from '../spaces/shared/networkSettings.js';
import type { Space } from '../spaces/shared/space.js';
import { type PredictionOptions, requireMemory, withRemedies } from './memoryPrediction.js';
import { searchProblem } from './searchProblem.js';
import { measureSearchStep, measureTrainingStep } from './stepTime.js';
import type { Executors, TrainingEvent } from './study.js';
import { targetImages } from './target.js';
import type { SearchTask, TrainingTask } from './tasks.js';
import { trainNetwork } from './trainNetwork.js';

/** Options of `createExecutors`. */
export interface ExecutorOptions extends PredictionOptions {
  /** An engine on the same device with the same variants, whose compiled kernels are reused; default: a new one. */
  readonly engine?: Engine;
}

/** Executors of searches and trainings on a device. The outcome of a task depends only on the task, the device and the variants. */
export function createExecutors(
  gpu: Gpu,
  space: Space,
  { imageSet, variants, engine = new Engine(gpu, { variants }) }: ExecutorOptions,
): Pick<Executors, 'search' | 'train' | 'stepTime'> {
  return {
    search: async (task, report, signal) =>
      searchOn(engine, space, task, await imageSet(task.specification.set), report, signal),
    train: async (task, report, signal) => {
      const images = targetImages(await imageSet(task.target.set), task.target, task.protocol);
      return trainFromScratch(engine, space, task, images, report, signal);
    },
    // On the same engine, so that the job reuses the compiled kernels.
    stepTime: async (task, signal) => {
      if (task.kind === 'search')
        return measureSearchStep(engine, space, task, await imageSet(task.specification.set), { signal });
      const images = targetImages(await imageSet(task.target.set), task.target, task.protocol);
      return measureTrainingStep(engine, space, task.protocol, images, space.parse(task.architecture), { signal });
    },
  };
}

async function searchOn(
  engine: Engine,
  space: Space,
  task: SearchTask,
  set: ImageSet,
  report: (event: SearchEvent) => void,
  signal?: AbortSignal,
): Promise<SearchOutcome> {
  const problem = await searchProblem(engine, space, task, set, report, { signal });
  const method = methodByName(task.methodName);
  const search = method.start(problem, task.options);
  const images = {
    imageSet: async () => set,
    variants: engine.target.variants,
    sourceContext: { engine: async () => engine },
  };
  try {
    // Otherwise a later stage that does not fit would fail only after the earlier ones.
    if ((search.stages ?? 1) > 1) await requireMemory(engine.gpu, space, task, images);
    do signal?.throwIfAborted();
    while (await search.step());
    return search.result();
  } catch (error) {
    if (!(error instanceof MemoryLimitError) || method.needs(task.options) !== 'supernet') throw error;
    search.dispose?.();
    throw await withRemedies(error, engine.gpu, space, task, images);
  } finally {
    search.dispose?.();
  }
}

async function trainFromScratch(
  engine: Engine,
  space: Space,
  task: TrainingTask,
  images: ImageSet,
  report: (event: TrainingEvent) => void,
  signal?: AbortSignal,
): Promise<TrainingOutcome> {
  const { protocol, seed } = task;
  const architecture = space.parse(task.architecture);
  const classes = images.classes.length;
  const data = { shape: images, train: images.train, test: images.test };
  const outcome = await trainNetwork(engine, space, architecture, data, classes, protocol, seed, report, signal);
  const { parameters, multiplyAdds } = space.count(architecture, networkSettings(protocol, classes));
  return { ...outcome, parameters, multiplyAdds };
}
