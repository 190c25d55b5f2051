import { InterruptedError } from '../errors/errors.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Does the work. Where Ctrl-C or a request to end comes first, it rejects, so that the caller closes what is open; the
 * work itself can't be stopped, and the process should end. A second signal ends it at once.
 * @param message what the error says
 * @throws InterruptedError
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
