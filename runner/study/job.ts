import { join } from 'node:path';
import { MemoryLimitError } from '../../src/engine/errors/index.js';
import type { Protocol } from '../../src/nas/records/index.js';
import type { Space } from '../../src/nas/spaces/index.js';
import {
  completeJob,
  type JobRecord,
  type SearchTask,
  type StudyEvent,
  type TrainingTask,
} from '../../src/nas/transfer/index.js';
import { atomicWrite } from '../files/atomicWrite.js';
import type { Tools } from '../tools/tools.js';
import type { Fit } from './fit.js';
import { type JobDevice, type JobImages, openJobDevice, type PrepareOptions, readImages } from './prepare.js';
import { type SessionStore, withSession } from './session.js';
import { openStudyFolder } from './store.js';

/** One search or training, before its images are read. */
export interface JobSettings<Task> {
  readonly space: Space;
  /** Name of its image set. */
  readonly set: string;
  readonly protocol: Protocol;
  /** Chooses a protocol that fits images and device instead of `protocol`. */
  readonly fit?: Fit;
  /** The job with a protocol on a device. */
  task(device: JobDevice, protocol: Protocol): Promise<Task>;
}

/** A job on its device. */
export interface PreparedJob<Task> extends JobDevice {
  readonly task: Task;
}

export interface RunJobOptions extends PrepareOptions {
  /** The folder that keeps the job; none: it is not kept. */
  readonly out?: string;
  /** The file in it for what `describe` makes of the outcome. */
  readonly file: string;
  notice(text: string): void;
  onEvent(event: StudyEvent): void;
}

/** How a job is done, and what is reported of its outcome. */
export interface JobWork<Task, Outcome, Described> {
  work(job: PreparedJob<Task>, report: (event: JobEvent) => void): Promise<Outcome>;
  describe(outcome: Outcome, job: PreparedJob<Task>): Promise<Described>;
}

type JobEvent = Extract<StudyEvent, { kind: 'progress' }>['event'];

const NO_STORE: SessionStore = { get: () => undefined, append: async () => {}, close: async () => {} };

export function readJobImages(
  { set, space, protocol }: JobSettings<unknown>,
  options: PrepareOptions,
): Promise<JobImages> {
  // As large as the space's published protocols want them, so that the images, and the hash, do not depend on smaller settings.
  const { search, training } = space.protocols;
  return readImages([set], Math.max(protocol.imageSize, search.imageSize, training.imageSize), options);
}

export async function prepareJob<Task>(
  { space, set, protocol, fit, task }: JobSettings<Task>,
  sets: JobImages,
  tools: Tools,
  options: PrepareOptions,
): Promise<PreparedJob<Task>> {
  const device = await openJobDevice(space, sets, tools, options);
  try {
    const chosen = fit ? await fit.choose(device, set) : protocol;
    return { ...device, task: await task(device, chosen) };
  } catch (error) {
    device.dispose();
    throw error;
  }
}

/** Does one job. In a folder that holds it as done, it is not done again. */
export async function runJob<Task extends SearchTask | TrainingTask, Outcome extends JobRecord['outcome'], Described>(
  settings: JobSettings<Task>,
  tools: Tools,
  { out, file, ...options }: RunJobOptions,
  { work, describe }: JobWork<Task, Outcome, Described>,
): Promise<Described> {
  const { fit } = settings;
  const steps = {
    read: () => readJobImages(settings, options),
    openStore: async () => (out === undefined ? NO_STORE : openStudyFolder(out, options.notice)),
    prepare: (sets: JobImages) => prepareJob(settings, sets, tools, options),
  };
  return withSession(steps, options, async (session) => {
    const { task, store, onEvent } = session;
    const reused = store.get(task.hash) !== undefined;
    if (!reused) onEvent({ kind: 'start', task, done: 0, total: 1 });
    if (fit) options.notice(fit.describe(reused ? undefined : await secondsOf(task, fit, session)));
    const record = await completeJob(task, store, () =>
      work(session, (event) => onEvent({ kind: 'progress', task, event })),
    );
    onEvent({ kind: 'done', task, record, reused, done: 1, total: 1 });
    const described = await describe(record.outcome, session);
    if (out !== undefined) await atomicWrite(join(out, file), `${JSON.stringify(described, undefined, 2)}\n`);
    return described;
  });
}

/** How long a job will take, measured briefly; undefined where it is not known, or the user chose the epochs. */
async function secondsOf(
  task: SearchTask | TrainingTask,
  fit: Fit,
  { executors }: JobDevice,
): Promise<number | undefined> {
  if (fit.epochsGiven || !executors.stepTime) return undefined;
  try {
    const { compileSeconds, secondsPerStep, steps } = await executors.stepTime(task);
    return compileSeconds + steps * secondsPerStep;
  } catch (error) {
    // The job itself fails in the same way, and its error says what would need less.
    if (error instanceof MemoryLimitError) return undefined;
    throw error;
  }
}
