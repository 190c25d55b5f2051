import { describeError } from './options/errors.js';

/** On an unhandled error, prints one line and ends the process with exit code 1. */
export function endOnUnhandledErrors(verbose: boolean): void {
  const end = (error: unknown) => {
    // Clears a live progress line.
    const clear = process.stderr.isTTY ? '\r\x1b[K' : '';
    process.stderr.write(`${clear}${describeError(error, verbose)}\n`);
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

/** Prints an error and ends with exit code 1 when Node's event loop is empty before the command has finished. */
export async function runToItsEnd(work: () => Promise<number>): Promise<void> {
  const unfinished = () => {
    process.stderr.write(
      'error: the program stopped before its work was finished: the event loop is empty, so what it waits for cannot arrive\n',
    );
    process.exitCode = 1;
  };
  process.once('beforeExit', unfinished);
  const code = await work();
  process.off('beforeExit', unfinished);
  process.exitCode = code;
  // Work that was interrupted may still run; only exit stops it.
  if (code > 128) process.exit(code);
}
