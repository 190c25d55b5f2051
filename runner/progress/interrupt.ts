import { InterruptedError } from '../errors/errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs work until it ends or SIGINT or SIGTERM arrives. A signal rejects the promise, so that the caller can close its
 * files; the work itself goes on, so the process should exit. A second signal ends the process at once.
 * @param message message of the error
 * @throws {InterruptedError} when a signal arrives first
 */
export async function interruptible<T>(message: string, work: () => Promise<T>): Promise<T> {
  let interrupt!: (signal: NodeJS.Signals) => void;
  const interrupted = new Promise<never>((_, reject) => {
    interrupt = (signal) => {
      ignore();
      reject(new InterruptedError(signal, message));
    };
  });
  const ignore = () => {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await Promise.race([work(), interrupted]);
  } finally {
    ignore();
  }
}
