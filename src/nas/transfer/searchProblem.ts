import { Random } from '../../engine/random/random.js';
import type { Compiler } from '../../engine/runtime/compiler.js';
import type { ImageSet } from '../data/images/imageSet.js';
import { fitImages } from '../data/images/transform.js';
import { formatSource } from '../data/sourceSpecification.js';
import { makeSource, type Source, type SourceContext } from '../data/sources.js';
import { UnknownNameError } from '../errors/errors.js';
import { methodByName } from '../methods/methods.js';
import type { Protocol } from '../records/protocol.js';
import { SearchError } from '../search/errors.js';
import type { SearchEvent } from '../search/events.js';
import type { Problem } from '../search/problem.js';
import type { NetworkSettings } from '../spaces/shared/networkSettings.js';
import { networkSettings } from '../spaces/shared/networkSettings.js';
import type { Space } from '../spaces/shared/space.js';
import type { SearchTask } from './tasks.js';
import { trainNetwork } from './trainNetwork.js';

/** Options of `searchProblem`. */
export interface SearchProblemOptions {
  /** For the source's rule; default: `engine`, which cannot run one where it only plans. */
  readonly sourceContext?: SourceContext;
  /** Aborts evaluations and supernets between two steps. */
  readonly signal?: AbortSignal;
}

/**
 * The problem of a search on images: evaluations by training and the space's supernet, on a device.
 * @param set the image set that the task's specification names
 * @throws {SourceError} when the set cannot meet the specification
 */
export async function searchProblem(
  engine: Compiler,
  space: Space,
  task: Pick<SearchTask, 'protocol' | 'seed' | 'specification'>,
  set: ImageSet,
  report?: (event: SearchEvent) => void,
  { signal, sourceContext = { engine: async () => engine } }: SearchProblemOptions = {},
): Promise<Problem> {
  const { protocol, seed } = task;
  const fitted = fitImages(set, { size: protocol.imageSize, channels: protocol.imageChannels });
  const source = await makeSource(fitted, task.specification, seed, sourceContext);
  const settings = networkSettings(protocol, source.classes.length);
  return {
    ...uncomputed(space, seed, protocol.epochs, settings),
    sourceName: formatSource(task.specification),
    evaluate: async (architecture, { seedOffset, epochs = protocol.epochs, signal }) => ({
      accuracy: await fitness(
        engine,
        space,
        architecture,
        source,
        { ...protocol, epochs },
        evaluationSeed(seed, seedOffset),
        signal,
      ),
    }),
    engine: async () => engine,
    supernet: {
      engine,
      protocol,
      source,
      build: (options, sizes) => space.supernet({ ...settings, ...sizes }, options),
    },
    report,
    signal,
  };
}

/** Largest number of architectures that a search will train, as its progress states before it starts. */
export function candidatesOf(space: Space, methodName: string, options: unknown, protocol: Protocol): number {
  const problem: Problem = {
    ...uncomputed(space, 0, protocol.epochs, networkSettings(protocol, 2)),
    evaluate: () => Promise.reject(new SearchError(`${methodName}: nothing is evaluated while candidates are counted`)),
  };
  const search = methodByName(methodName).start(problem, options);
  try {
    return search.progress().total;
  } finally {
    search.dispose?.();
  }
}

/** The part of a problem that needs no device. */
function uncomputed(space: Space, seed: number, epochs: number, settings: NetworkSettings): Omit<Problem, 'evaluate'> {
  return {
    space,
    seed,
    epochs: fidelities(epochs),
    costs: COUNTS,
    cost: (architecture, name) => {
      const counted = COUNTS.find((count) => count === name);
      if (!counted) throw new UnknownNameError('Cost', name, COUNTS);
      return space.count(architecture, settings)[counted];
    },
  };
}

const COUNTS = ['parameters', 'multiplyAdds', 'mflops'] as const;

/** Lengths of training, each a third of the next (Hyperband's eta, Li et al. 2018), up to the whole training. */
function fidelities(epochs: number): number[] {
  return epochs < 3 ? [epochs] : [...fidelities(Math.floor(epochs / 3)), epochs];
}

/** Seed of one evaluation of a search. */
function evaluationSeed(seed: number, offset: number): number {
  return new Random(seed, `evaluation ${offset}`).uint32();
}

/** Accuracy on the validation half after training on the training half. */
async function fitness(
  engine: Compiler,
  space: Space,
  architecture: unknown,
  source: Source,
  protocol: Protocol,
  seed: number,
  signal?: AbortSignal,
): Promise<number> {
  const data = { shape: source, train: source.trainSplit, test: source.validationSplit };
  const classes = source.classes.length;
  const { accuracy } = await trainNetwork(
    engine,
    space,
    architecture,
    data,
    classes,
    protocol,
    seed,
    undefined,
    signal,
  );
  return accuracy;
}
