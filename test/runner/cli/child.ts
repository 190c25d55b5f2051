import { type SpawnOptionsWithoutStdio, spawn } from 'node:child_process';
import { cli } from '../../package/built.js';

export interface Ended {
  /** Exit code; null when a signal ended the process. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the built program as users do, in its own process. Call `ensureBuilt()` first. */
export function nastransfer(args: readonly string[], options: SpawnOptionsWithoutStdio = {}): Promise<Ended> {
  return start(args, options).ended;
}

/** Starts it; `onError` is called with the standard error so far, and may kill the process. */
export function start(
  args: readonly string[],
  options: SpawnOptionsWithoutStdio = {},
  onError: (err: string, kill: () => void) => void = () => {},
): { readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [cli, ...args], options);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    onError(err, () => child.kill('SIGKILL'));
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return { ended };
}
