import type { JobStore, Study, StudyEvent } from '../../src/nas/transfer/index.js';
import { interruptible } from '../progress/interrupt.js';
import type { Tools } from '../tools/tools.js';
import { FailureNames } from './failures.js';
import { openJudge } from './judge.js';
import { type PreparedStudy, type PrepareOptions, prepareStudy, readImages } from './prepare.js';

/** Keeps finished jobs until it is closed. */
export interface SessionStore extends JobStore {
  close(): Promise<void>;
}

export interface SessionOptions<Store extends SessionStore> extends PrepareOptions {
  /** Called when table and images are read: a wrong name leaves no folder behind. */
  openStore(): Promise<Store>;
  /** What is kept when a job fails or the user stops, and how to go on. */
  readonly kept?: string;
  onEvent?(event: StudyEvent): void;
}

/** A study ready to run, and where its finished jobs and its events go. */
export interface Session<Store extends SessionStore> extends PreparedStudy {
  readonly store: Store;
  onEvent(event: StudyEvent): void;
}

/**
 * Prepares a study, works on it and closes everything however that ends.
 * @throws JobError if a job fails, InterruptedError if the user stops
 */
export async function withSession<Store extends SessionStore, T>(
  study: Study,
  tools: Tools,
  options: SessionOptions<Store>,
  work: (session: Session<Store>) => Promise<T>,
): Promise<T> {
  const { kept } = options;
  const failures = new FailureNames(kept);
  const onEvent = (event: StudyEvent) => {
    failures.follow(event);
    options.onEvent?.(event);
  };
  const judge = await openJudge(study);
  const images = await readImages(study, options);
  const store = await options.openStore();
  let prepared: PreparedStudy | undefined;
  try {
    return await interruptible(kept === undefined ? 'stopped' : `stopped; ${kept}`, async () => {
      prepared = await prepareStudy(study, images, judge, tools, options);
      return work({ ...prepared, store, onEvent });
    });
  } catch (error) {
    throw failures.named(error);
  } finally {
    prepared?.dispose();
    await store.close();
  }
}
