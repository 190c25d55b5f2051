import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { JobError } from '../errors/errors.js';
import type { FromWorker, ToWorker } from './messages.js';
import type { TableChoice } from './plan.js';
import type { Searcher } from './searcher.js';

/** Starts a process that runs searches on its own copy of the table. */
export async function startWorker(table: TableChoice): Promise<Searcher> {
  const child = startProcess();
  const ask = (message: ToWorker) => exchange(child, message);
  try {
    const opened = await ask({ kind: 'open', table });
    if (opened.kind === 'failed') throw new JobError(`a worker process: ${opened.message}`);
  } catch (error) {
    child.kill();
    throw error;
  }
  return {
    async search(task) {
      const reply = await ask({ kind: 'search', task });
      if (reply.kind === 'found') return reply.search;
      if (reply.kind === 'needs-device') return undefined;
      throw Object.assign(new Error(reply.kind === 'failed' ? reply.message : reply.kind), {
        ...(reply.kind === 'failed' && reply.stack ? { stack: reply.stack } : {}),
      });
    },
    close: () => child.kill(),
  };
}

function startProcess(): ChildProcess {
  const source = import.meta.url.endsWith('.ts');
  const file = fileURLToPath(new URL(source ? './worker.ts' : './worker.js', import.meta.url));
  // From sources, the worker needs the TypeScript loader; other loaders of this process do not apply to it.
  return fork(file, { execArgv: source ? ['--import', 'tsx'] : [], serialization: 'advanced' });
}

/** Sends a message and waits for the reply. @throws {JobError} when the process ends first */
function exchange(child: ChildProcess, message: ToWorker): Promise<FromWorker> {
  return new Promise((resolve, reject) => {
    const done = () => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      child.off('error', onError);
    };
    const onMessage = (reply: unknown) => {
      done();
      resolve(reply as FromWorker);
    };
    const onExit = (code: number | null, signal: string | null) => {
      done();
      reject(new JobError(`a worker process ended (${signal ?? `exit code ${code}`}) before its search finished`));
    };
    const onError = (error: Error) => {
      done();
      reject(error);
    };
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode);
    else child.send(message);
  });
}
