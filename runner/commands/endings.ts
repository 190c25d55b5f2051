import { describeError } from './options/errors.js';

/** Ends the process with exit code 1 and one line where something fails that nobody waits for. */
export function endOnUnhandledErrors(verbose: boolean): void {
  const end = (error: unknown) => {
    // A live line may stand there.
    const clear = process.stderr.isTTY ? '\r\x1b[K' : '';
    process.stderr.write(`${clear}${describeError(error, verbose)}\n`);
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

/** Says so and ends with exit code 1 where Node has nothing more to do, though the work has not ended. */
export async function runToItsEnd(work: () => Promise<number>): Promise<void> {
  const unfinished = () => {
    process.stderr.write(
      'error: the program stopped in the middle of its work: nothing it waits for can come any more\n',
    );
    process.exitCode = 1;
  };
  process.once('beforeExit', unfinished);
  const code = await work();
  process.off('beforeExit', unfinished);
  process.exitCode = code;
  // What was interrupted can't be stopped otherwise.
  if (code > 128) process.exit(code);
}
