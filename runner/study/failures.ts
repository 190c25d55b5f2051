import { SourceError } from '../../src/nas/data/index.js';
import type { SearchTask, StudyEvent, StudyTask } from '../../src/nas/transfer/index.js';
import { InterruptedError, JobError } from '../errors/errors.js';
import { nameOf } from './studyProgress.js';

/** Follows the events of jobs, so that errors can name the job that failed. */
export class FailureNames {
  private running: StudyTask | undefined;
  /** The search whose outcome is trained now. */
  private search: SearchTask | undefined;

  /** @param advice what the user can do about a job that failed */
  constructor(private readonly advice?: string) {}

  follow({ kind, task }: StudyEvent): void {
    if (kind === 'start') this.running = task;
    if (kind !== 'done') return;
    this.running = undefined;
    if (task.kind === 'search') this.search = task;
  }

  /** The error with the job's name; errors of usage and interrupts are not changed. */
  named(error: unknown): unknown {
    if (!this.running || error instanceof InterruptedError || error instanceof SourceError) return error;
    const reason = error instanceof Error ? error.message || error.name : String(error);
    const sentences = [`${nameOf(this.running, this.search)}: ${reason}`, ...(this.advice ? [this.advice] : [])];
    return new JobError(sentences.join('; ').replace(/\s*\n\s*/g, ' '), { cause: error });
  }
}
