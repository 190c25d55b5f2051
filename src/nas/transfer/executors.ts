import type { Gpu } from '../../engine/device/gpu.js';
import type { VariantTable } from '../../engine/ops/variants.js';
import { Random } from '../../engine/random/random.js';
import { Engine } from '../../engine/runtime/engine.js';
import type { ImageSet } from '../data/imageSet.js';
import { makeSource, type Source } from '../data/sources.js';
import { fitImages } from '../data/transform.js';
import { UnknownNameError } from '../errors.js';
import type { Problem, SearchEvent } from '../methods/method.js';
import { methodByName } from '../methods/methods.js';
import type { Space } from '../spaces/space.js';
import type { Protocol } from '../training/protocol.js';
import { Trainer, type TrainingData } from '../training/trainer.js';
import type { SearchTask, TrainingTask } from './plan.js';
import { networkSettings } from './protocols.js';
import type { EpochRecord, SearchOutcome, TrainingOutcome } from './results.js';
import type { Executors, TrainingEvent } from './study.js';
import { targetImages } from './target.js';

/** What executors need besides a device. */
export interface ExecutorOptions {
  /** The image sets that tasks name. */
  imageSet(name: string): Promise<ImageSet>;
  /** Measured choices between kernels; the usual ones where absent. */
  readonly variants?: VariantTable;
}

/** Does the searches and trainings of a study on a device. What a task gives depends on the task, device and variants alone. */
export function createExecutors(
  gpu: Gpu,
  space: Space,
  { imageSet, variants }: ExecutorOptions,
): Pick<Executors, 'search' | 'train'> {
  const engine = new Engine(gpu, { variants });
  return {
    search: async (task, report) => searchOn(engine, space, task, await imageSet(task.specification.set), report),
    train: async (task, report) => {
      const images = targetImages(await imageSet(task.target.set), task.target, task.protocol);
      return trainFromScratch(engine, space, task, images, report);
    },
  };
}

async function searchOn(
  engine: Engine,
  space: Space,
  task: SearchTask,
  set: ImageSet,
  report: (event: SearchEvent) => void,
): Promise<SearchOutcome> {
  const { protocol, seed } = task;
  const fitted = fitImages(set, { size: protocol.imageSize, channels: protocol.imageChannels });
  const source = makeSource(fitted, task.specification, seed);
  const settings = networkSettings(protocol, source.classes.length);
  const problem: Problem = {
    space,
    seed,
    epochs: fidelities(protocol.epochs),
    evaluate: async (architecture, { seedOffset, epochs = protocol.epochs }) => ({
      accuracy: await fitness(
        engine,
        space,
        architecture,
        source,
        { ...protocol, epochs },
        evaluationSeed(seed, seedOffset),
      ),
    }),
    costs: COUNTS,
    cost: (architecture, name) => {
      const counted = COUNTS.find((count) => count === name);
      if (!counted) throw new UnknownNameError('Cost', name, COUNTS);
      return space.count(architecture, settings)[counted];
    },
    engine: async () => engine,
    supernet: {
      engine,
      protocol,
      source,
      build: (options, sizes) => space.supernet({ ...settings, ...sizes }, options),
    },
    report,
  };
  const search = methodByName(task.methodName).start(problem, task.options);
  try {
    while (await search.step());
    return search.result();
  } finally {
    search.dispose?.();
  }
}

const COUNTS = ['parameters', 'multiplyAdds', 'mflops'] as const;

/** Each a third of the next (Hyperband's eta, Li et al. 2018), up to the whole training. */
function fidelities(epochs: number): number[] {
  return epochs < 3 ? [epochs] : [...fidelities(Math.floor(epochs / 3)), epochs];
}

/** Seed of one evaluation of a search. */
function evaluationSeed(seed: number, offset: number): number {
  return new Random(seed, `evaluation ${offset}`).uint32();
}

/** Accuracy on the alphas' half after training on the weights' half. */
async function fitness(
  engine: Engine,
  space: Space,
  architecture: unknown,
  source: Source,
  protocol: Protocol,
  seed: number,
): Promise<number> {
  const data = { shape: source, train: source.weights, test: source.alphas };
  const { accuracy } = await trainNetwork(engine, space, architecture, data, source.classes.length, protocol, seed);
  return accuracy;
}

async function trainFromScratch(
  engine: Engine,
  space: Space,
  task: TrainingTask,
  images: ImageSet,
  report: (event: TrainingEvent) => void,
): Promise<TrainingOutcome> {
  const { protocol, seed } = task;
  const architecture = space.parse(task.architecture);
  const classes = images.classes.length;
  const data = { shape: images, train: images.train, test: images.test };
  const outcome = await trainNetwork(engine, space, architecture, data, classes, protocol, seed, report);
  const { parameters, multiplyAdds } = space.count(architecture, networkSettings(protocol, classes));
  return { ...outcome, parameters, multiplyAdds };
}

async function trainNetwork(
  engine: Engine,
  space: Space,
  architecture: unknown,
  data: TrainingData,
  classes: number,
  protocol: Protocol,
  seed: number,
  report?: (event: TrainingEvent) => void,
): Promise<{ accuracy: number; loss: number; epochs: EpochRecord[] }> {
  const network = space.network(architecture, networkSettings(protocol, classes));
  const trainer = await Trainer.create({ engine, network, data, protocol, seed });
  try {
    const epochs: EpochRecord[] = [];
    while (epochs.length < protocol.epochs) {
      const before = epochs.length;
      const record = await trainer.epoch((done, total) =>
        report?.({ kind: 'step', done: before * total + done, total: protocol.epochs * total }),
      );
      epochs.push(record);
      report?.({ kind: 'epoch', done: epochs.length, total: protocol.epochs, record });
    }
    return { ...(await trainer.evaluate()), epochs };
  } finally {
    trainer.dispose();
    engine.release(network.weights);
    engine.release(network.averages);
  }
}
