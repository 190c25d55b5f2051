import { join } from 'node:path';
import type { StudyTask } from '../../src/nas/transfer/plan.js';
import { completeJob, type JobRecord, type JobStore, type StudyEvent } from '../../src/nas/transfer/study.js';
import { atomicWrite } from './atomicWrite.js';
import { openStudyFolder } from './store.js';

export interface SingleOptions {
  /** The folder that keeps the job; none: it is not kept. */
  readonly out?: string;
  /** The file in it for what `describe` makes of the outcome. */
  readonly name: string;
  notice(text: string): void;
  onEvent(event: StudyEvent): void;
}

const NO_STORE: JobStore = { get: () => undefined, append: async () => {} };

type JobEvent = Extract<StudyEvent, { kind: 'progress' }>['event'];

/** Does one job outside a study. In a folder that holds it as done, it is not done again. */
export async function runSingle<Outcome extends JobRecord['outcome'], Described>(
  task: StudyTask,
  work: (report: (event: JobEvent) => void) => Promise<Outcome>,
  describe: (outcome: Outcome) => Described,
  { out, name, notice, onEvent }: SingleOptions,
): Promise<Described> {
  const complete = async (store: JobStore) => {
    const reused = store.get(task.hash) !== undefined;
    if (!reused) onEvent({ kind: 'start', task, done: 0, total: 1 });
    const record = await completeJob(task, store, () => work((event) => onEvent({ kind: 'progress', task, event })));
    onEvent({ kind: 'done', task, record, reused, done: 1, total: 1 });
    return describe(record.outcome);
  };
  if (out === undefined) return complete(NO_STORE);
  const folder = await openStudyFolder(out, notice);
  try {
    const described = await complete(folder);
    await atomicWrite(join(out, name), `${JSON.stringify(described, undefined, 2)}\n`);
    return described;
  } finally {
    await folder.close();
  }
}
