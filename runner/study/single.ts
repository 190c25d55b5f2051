import { join } from 'node:path';
import type { StudyTask } from '../../src/nas/transfer/plan.js';
import { completeJob, type JobRecord } from '../../src/nas/transfer/study.js';
import { atomicWrite } from './atomicWrite.js';
import { openStudyFolder } from './store.js';

export interface KeepOptions {
  /** The folder that keeps the job; none: it is not kept. */
  readonly out?: string;
  /** The file in it for what `describe` makes of the outcome. */
  readonly name: string;
  notice(text: string): void;
}

const NO_STORE = { get: () => undefined, append: async () => {} };

/** Does one job outside a study. In a folder that holds it as done, it is not done again. */
export async function runSingle<Outcome extends JobRecord['outcome'], Described>(
  task: StudyTask,
  work: () => Promise<Outcome>,
  describe: (outcome: Outcome) => Described,
  { out, name, notice }: KeepOptions,
): Promise<Described> {
  if (out === undefined) return describe((await completeJob(task, NO_STORE, work)).outcome);
  const folder = await openStudyFolder(out, notice);
  try {
    const described = describe((await completeJob(task, folder, work)).outcome);
    await atomicWrite(join(out, name), `${JSON.stringify(described, undefined, 2)}\n`);
    return described;
  } finally {
    await folder.close();
  }
}
