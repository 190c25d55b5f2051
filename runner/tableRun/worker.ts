import type { Table } from '../../src/nas/tables/index.js';
import type { FromWorker, ToWorker } from './messages.js';
import { NeedsDevice, openTableOf, searchTask } from './searchTask.js';

// Ctrl-C reaches every process of a terminal: the parent stops this one after it has stored the results.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());

const answer = (message: FromWorker) => process.send?.(message);

let table: Promise<Table> | undefined;

process.on('message', async (message: ToWorker) => {
  try {
    if (message.kind === 'open') {
      table = openTableOf(message.table);
      await table;
      answer({ kind: 'ready' });
    } else {
      answer({ kind: 'found', search: await searchTask(await table!, message.task) });
    }
  } catch (error) {
    if (error instanceof NeedsDevice) answer({ kind: 'needs-device' });
    else answer({ kind: 'failed', message: (error as Error).message, stack: (error as Error).stack });
  }
});
