import { NasTransferError } from '../../engine/errors/errors.js';
import { Random } from '../../engine/random/random.js';
import type { Compiler } from '../../engine/runtime/compiler.js';
import type { ImageSet } from '../data/images/imageSet.js';
import { fitImages } from '../data/images/transform.js';
import { makeSource } from '../data/sources.js';
import { methodByName } from '../methods/methods.js';
import type { Protocol } from '../records/protocol.js';
import type { SearchEvent } from '../search/events.js';
import type { Space } from '../spaces/shared/space.js';
import { batchesPerEpoch } from '../training/loop/batches.js';
import { searchProblem } from './searchProblem.js';
import type { StepTime, TrainingEvent } from './study.js';
import type { SearchTask } from './tasks.js';
import { trainNetwork } from './trainNetwork.js';

export interface StepTimeOptions {
  /** Steps are timed for so long, in seconds, or for one step where that takes longer; default 1. */
  readonly seconds?: number;
  /** Aborts between two steps. */
  readonly signal?: AbortSignal;
}

/** Of a search: what its steps depend on. */
export type TimedSearch = Pick<SearchTask, 'methodName' | 'options' | 'specification' | 'protocol' | 'seed'>;

/** Epochs that are never reached while steps are timed. */
const NO_END = 100_000;

/**
 * Times the first steps of training an architecture from scratch, then frees all that it took. Kernels that the engine has built
 * meanwhile need not be built again.
 * @param images in the protocol's shape (`targetImages`)
 * @throws what the training itself would throw, such as MemoryLimitError
 */
export async function measureTrainingStep(
  engine: Compiler,
  space: Space,
  protocol: Protocol,
  images: ImageSet,
  architecture: unknown,
  options?: StepTimeOptions,
): Promise<StepTime> {
  const { train, test, classes } = images;
  const data = { shape: images, train, test };
  const endless = { ...protocol, epochs: NO_END };
  const batch = Math.min(protocol.batch, train.count);
  return {
    ...(await timeSteps(
      (report) => trainNetwork(engine, space, architecture, data, classes.length, endless, 0, report),
      options,
    )),
    steps: protocol.epochs * batchesPerEpoch(train.count, batch),
  };
}

/**
 * Times the first steps of a search: on a supernet those of the supernet (both updates, where there are two); of a search that trains
 * candidates those of one drawn at random. Selection at the end of a search with shared weights is not in it.
 * @param set the image set that `specification` names
 * @throws what the search itself would throw, such as MemoryLimitError
 */
export async function measureSearchStep(
  engine: Compiler,
  space: Space,
  search: TimedSearch,
  set: ImageSet,
  options?: StepTimeOptions,
): Promise<StepTime> {
  const method = methodByName(search.methodName);
  const { protocol, seed, specification } = search;
  const needs = method.needs(search.options);
  if (needs === 'nothing' || needs === 'name') return { compileSeconds: 0, secondsPerStep: 0, steps: 0 };
  const { total } = method.start(await searchProblem(engine, space, search, set), search.options).progress();
  if (needs === 'training') {
    const fitted = fitImages(set, { size: protocol.imageSize, channels: protocol.imageChannels });
    const {
      trainSplit: train,
      validationSplit: test,
      classes,
    } = await makeSource(fitted, specification, seed, {
      engine: async () => engine,
    });
    const candidate = space.random(new Random(seed, 'timed architecture'));
    const images = { ...fitted, train, test, classes };
    const each = await measureTrainingStep(engine, space, protocol, images, candidate, options);
    return { ...each, steps: total * each.steps };
  }
  let stepsPerEpoch = 0;
  const time = await timeSteps(async (report) => {
    const watch = (event: SearchEvent) => {
      if (event.kind === 'evaluation' || event.kind === 'phase') return;
      if (event.kind === 'step') stepsPerEpoch = event.total / started.progress().total;
      report(event);
    };
    const endless = { ...search, protocol: { ...protocol, epochs: NO_END } };
    const started = method.start(await searchProblem(engine, space, endless, set, watch), movingAtOnce(search));
    try {
      while (await started.step());
    } finally {
      started.dispose?.();
    }
  }, options);
  return { ...time, steps: total * stepsPerEpoch };
}

/** The options with which the architecture parameters move from the first step on, as they do in most of a search. */
function movingAtOnce({ methodName, options }: TimedSearch): unknown {
  const schema = methodByName(methodName).options;
  return [{ alphaStart: 0 }, { weightsShare: 0 }].reduce<unknown>((chosen, option) => {
    const parsed = schema.safeParse({ ...(chosen as object), ...option });
    return parsed.success ? parsed.data : chosen;
  }, options);
}

/** Ends a job that has run for long enough. */
class Timed extends Error {}

async function timeSteps(
  run: (report: (event: TrainingEvent) => void) => Promise<unknown>,
  { seconds = 1, signal }: StepTimeOptions = {},
): Promise<Omit<StepTime, 'steps'>> {
  const start = performance.now();
  const secondsNow = () => (performance.now() - start) / 1000;
  let first: { done: number; time: number } | undefined;
  let last: { done: number; time: number } | undefined;
  let total = 0;
  try {
    await run((event) => {
      signal?.throwIfAborted();
      if (event.kind === 'step') total = event.total;
      // Short epochs tell of their first steps alone.
      const done = event.kind === 'step' ? event.done : (event.done / event.total) * total;
      last = { done, time: secondsNow() };
      first ??= last;
      if (last.done > first.done && last.time - first.time >= seconds) throw new Timed();
    });
  } catch (error) {
    if (!(error instanceof Timed)) throw error;
  }
  // Jobs are made endless, so that two steps were done.
  if (!first || !last || last.done === first.done)
    throw new NasTransferError('timing steps: the job ended before its second');
  const secondsPerStep = (last.time - first.time) / (last.done - first.done);
  return { compileSeconds: Math.max(0, first.time - first.done * secondsPerStep), secondsPerStep };
}
