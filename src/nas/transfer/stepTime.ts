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
  /** Seconds for which steps are timed, or one step where that takes longer; default 1. */
  readonly seconds?: number;
  /** Aborts between two steps. */
  readonly signal?: AbortSignal;
}

/** The part of a search that its steps depend on. */
export type TimedSearch = Pick<SearchTask, 'methodName' | 'options' | 'specification' | 'protocol' | 'seed'>;

/** A number of epochs that timing never reaches. */
const NO_END = 100_000;

/**
 * Times the first steps of training an architecture from scratch, then frees all buffers. The engine keeps the compiled
 * kernels.
 * @param images in the protocol's shape (`targetImages`)
 * @throws whatever the training throws, such as MemoryLimitError; the signal's reason when it aborts
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
      (report) => trainNetwork(engine, space, architecture, data, classes.length, endless, 0, report, options?.signal),
      options,
    )),
    steps: protocol.epochs * batchesPerEpoch(train.count, batch),
  };
}

/**
 * Times the first steps of a search: on a supernet those of the supernet (both updates, where there are two); of a search that trains
 * candidates those of a random candidate. The selection at the end of a search with shared weights is not included.
 * @param set the image set that `specification` names
 * @throws whatever the search throws, such as MemoryLimitError; the signal's reason when it aborts
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
    const started = method.start(
      await searchProblem(engine, space, endless, set, watch, { signal: options?.signal }),
      movingAtOnce(search),
    );
    try {
      while (await started.step());
    } finally {
      started.dispose?.();
    }
  }, options);
  return { ...time, steps: total * stepsPerEpoch };
}

/** The options with which architecture parameters are updated from the first step on, as they are in most of a search. */
function movingAtOnce({ methodName, options }: TimedSearch): unknown {
  const schema = methodByName(methodName).options;
  return [{ alphaStart: 0 }, { weightsShare: 0 }].reduce<unknown>((chosen, option) => {
    const parsed = schema.safeParse({ ...(chosen as object), ...option });
    return parsed.success ? parsed.data : chosen;
  }, options);
}

/** Stops a job that has been timed for long enough. */
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
      // Short epochs report only their first steps.
      const done = event.kind === 'step' ? event.done : (event.done / event.total) * total;
      last = { done, time: secondsNow() };
      first ??= last;
      if (last.done > first.done && last.time - first.time >= seconds) throw new Timed();
    });
  } catch (error) {
    if (!(error instanceof Timed)) throw error;
  }
  // The jobs have a practically unlimited number of epochs, so at least two steps were done.
  if (!first || !last || last.done === first.done)
    throw new NasTransferError('timing steps: the job ended before its second');
  const secondsPerStep = (last.time - first.time) / (last.done - first.done);
  return { compileSeconds: Math.max(0, first.time - first.done * secondsPerStep), secondsPerStep };
}
