import { join } from 'node:path';
import { MemoryLimitError } from '../../src/engine/errors/index.js';
import {
  completeJob,
  type JobRecord,
  type SearchTask,
  type Study,
  type StudyEvent,
  type TrainingTask,
} from '../../src/nas/transfer/index.js';
import { atomicWrite } from '../files/atomicWrite.js';
import type { Tools } from '../tools/tools.js';
import type { Fit } from './fit.js';
import type { PreparedStudy, PrepareOptions } from './prepare.js';
import { type SessionStore, withSession } from './session.js';
import { openStudyFolder } from './store.js';

export interface SingleOptions extends Omit<PrepareOptions, 'protocolsFor'> {
  /** The folder that keeps the job; none: it is not kept. */
  readonly out?: string;
  /** Protocols that fit images and device in place of the study's, and what is said of them. */
  readonly fit?: Fit;
  /** The file in it for what `describe` makes of the outcome. */
  readonly file: string;
  notice(text: string): void;
  onEvent(event: StudyEvent): void;
}

/** A job, how it is done, and what is told of its outcome. */
export interface Single<Outcome, Described> {
  readonly task: SearchTask | TrainingTask;
  work(report: (event: JobEvent) => void): Promise<Outcome>;
  describe(outcome: Outcome): Described;
}

type JobEvent = Extract<StudyEvent, { kind: 'progress' }>['event'];

const NO_STORE: SessionStore = { get: () => undefined, append: async () => {}, close: async () => {} };

/** Does one job of a study alone. In a folder that holds it as done, it is not done again. */
export async function runSingle<Outcome extends JobRecord['outcome'], Described>(
  study: Study,
  tools: Tools,
  { out, file, fit, ...options }: SingleOptions,
  choose: (prepared: PreparedStudy) => Promise<Single<Outcome, Described>>,
): Promise<Described> {
  const openStore = async () => (out === undefined ? NO_STORE : openStudyFolder(out, options.notice));
  return withSession(study, tools, { ...options, openStore, protocolsFor: fit?.protocolsFor }, async (session) => {
    const { store, onEvent } = session;
    const { task, work, describe } = await choose(session);
    const reused = store.get(task.hash) !== undefined;
    if (!reused) onEvent({ kind: 'start', task, done: 0, total: 1 });
    if (fit) options.notice(fit.describe(reused ? undefined : await secondsOf(task, fit, session)));
    const record = await completeJob(task, store, () => work((event) => onEvent({ kind: 'progress', task, event })));
    onEvent({ kind: 'done', task, record, reused, done: 1, total: 1 });
    const described = describe(record.outcome);
    if (out !== undefined) await atomicWrite(join(out, file), `${JSON.stringify(described, undefined, 2)}\n`);
    return described;
  });
}

/** How long a job will take, measured for a moment; undefined where it is not known, or the user knows by the epochs asked for. */
async function secondsOf(
  task: SearchTask | TrainingTask,
  fit: Fit,
  { executors }: PreparedStudy,
): Promise<number | undefined> {
  if (fit.epochsGiven || !executors.stepTime) return undefined;
  try {
    const { compileSeconds, secondsPerStep, steps } = await executors.stepTime(task);
    return compileSeconds + steps * secondsPerStep;
  } catch (error) {
    // The job itself comes to the same and tells what would take less.
    if (error instanceof MemoryLimitError) return undefined;
    throw error;
  }
}
