import type { JobStore, StudyEvent } from '../../src/nas/transfer/index.js';
import { interruptible } from '../progress/interrupt.js';
import { FailureNames } from './failures.js';

/** Keeps finished jobs until it is closed. */
export interface SessionStore extends JobStore {
  close(): Promise<void>;
}

/** How jobs are prepared, in this order. */
export interface SessionSteps<Inputs, Store extends SessionStore, Prepared extends { dispose(): void }> {
  /** Reads images and tables: a wrong name leaves no folder behind. */
  read(): Promise<Inputs>;
  openStore(): Promise<Store>;
  /** Opens the device. */
  prepare(inputs: Inputs): Promise<Prepared>;
}

export interface SessionOptions {
  /** What is kept when a job fails or the user stops, and how to continue. */
  readonly kept?: string;
  onEvent?(event: StudyEvent): void;
}

/** What jobs need, and where finished jobs and events go. */
export type Session<Prepared, Store> = Prepared & { readonly store: Store; onEvent(event: StudyEvent): void };

/**
 * Prepares jobs, works on them and closes everything, whether that succeeds or fails.
 * @throws {JobError} when a job fails
 * @throws {InterruptedError} when the user stops
 */
export async function withSession<Inputs, Store extends SessionStore, Prepared extends { dispose(): void }, T>(
  { read, openStore, prepare }: SessionSteps<Inputs, Store, Prepared>,
  { kept, onEvent: report }: SessionOptions,
  work: (session: Session<Prepared, Store>) => Promise<T>,
): Promise<T> {
  const failures = new FailureNames(kept);
  const onEvent = (event: StudyEvent) => {
    failures.follow(event);
    report?.(event);
  };
  const inputs = await read();
  const store = await openStore();
  let prepared: Prepared | undefined;
  try {
    return await interruptible(kept === undefined ? 'stopped' : `stopped; ${kept}`, async () => {
      prepared = await prepare(inputs);
      return work({ ...prepared, store, onEvent });
    });
  } catch (error) {
    throw failures.named(error);
  } finally {
    prepared?.dispose();
    await store.close();
  }
}
