import { methodByName } from '../../src/nas/methods/index.js';
import type { SearchOutcome, TrainingOutcome } from '../../src/nas/records/index.js';
import type {
  BaselineOutcome,
  JobRecord,
  JobStore,
  SearchTask,
  StudyEvent,
  StudyPlan,
  StudyTask,
} from '../../src/nas/transfer/index.js';
import { percent } from '../progress/numbers.js';
import type { Progress } from '../progress/progress.js';

/**
 * The kinds of the remaining jobs and the number of finished ones, where shared jobs count once. That two searches will find the same
 * architecture is not known in advance.
 */
export async function countJobs(plan: StudyPlan, store: JobStore): Promise<{ kinds: string[]; done: number }> {
  const tasks = new Map<string, StudyTask>();
  const kinds: string[] = [];
  for (const task of plan.baselines) tasks.set(task.hash, task);
  for (const task of plan.searches) {
    if (tasks.has(task.hash)) continue;
    tasks.set(task.hash, task);
    const found = store.get(task.hash)?.outcome as SearchOutcome | undefined;
    if (found) {
      const { architecture } = found;
      for (const job of [...(await plan.trainings(task, architecture)), ...(await plan.judgements(architecture))])
        tasks.set(job.hash, job);
    } else kinds.push(...plan.study.targets.map(() => (plan.study.judge ? 'judgement' : 'training')));
  }
  let done = 0;
  for (const task of tasks.values()) {
    if (store.get(task.hash)) done++;
    else kinds.push(kindOf(task));
  }
  return { kinds, done };
}

/** A kind of jobs that take about equally long. */
function kindOf(task: StudyTask): string {
  return task.kind === 'search' ? `search ${task.method}` : task.kind;
}

/** The name of a job. @param search the search that found the trained architecture */
export function nameOf(task: StudyTask, search?: SearchTask): string {
  if (task.kind === 'search') return `${task.method} on ${task.source}, seed ${task.seed}`;
  if (task.kind === 'baseline') return `linear classifier on ${task.target.label}`;
  if (task.kind === 'judgement') return `table's accuracy of ${task.architecture} on ${task.target.label}`;
  const found = search ? ` of what ${search.method} found on ${search.source}` : '';
  return `training on ${task.target.label}${found}, seed ${task.seed}`;
}

/** The activity of a job before its first event; null: it takes no time. */
function doingOf(task: StudyTask): string | null {
  if (task.kind === 'baseline') return 'fitting';
  if (task.kind === 'judgement') return null;
  if (task.kind === 'search' && ['nothing', 'name'].includes(methodByName(task.methodName).needs(task.options)))
    return null;
  return 'preparing kernels';
}

function summaryOf({ kind, outcome }: JobRecord): string {
  if (kind === 'search') return (outcome as SearchOutcome).architecture;
  if (kind === 'training' || kind === 'judgement')
    return `accuracy ${percent((outcome as TrainingOutcome).accuracy)} %`;
  return `accuracy ${percent((outcome as BaselineOutcome).linear)} %`;
}

/** Shows the events of jobs. The progress bar of a job counts steps, epochs or architectures: the unit of its first event. */
export function showJobs(progress: Progress): (event: StudyEvent) => void {
  let counted: JobEvent['kind'] | undefined;
  return (message) => {
    if (message.kind === 'start') {
      const { task } = message;
      counted = undefined;
      progress.start(nameOf(task), doingOf(task), kindOf(task));
    } else if (message.kind === 'progress') {
      const { event } = message;
      if (event.kind === 'phase') return;
      counted ??= event.kind;
      const { done, total } = event;
      if (event.kind === counted) progress.update({ done, total, unit: UNITS[counted] }, numbersOf(event));
    } else if (!message.reused) {
      progress.finish(summaryOf(message.record));
    }
  };
}

type JobEvent = Exclude<Extract<StudyEvent, { kind: 'progress' }>['event'], { kind: 'phase' }>;

const UNITS: Readonly<Record<JobEvent['kind'], string>> = {
  step: 'step',
  epoch: 'epoch',
  evaluation: 'architecture',
};

function numbersOf(event: JobEvent): { loss?: number; accuracy?: number } {
  if (event.kind === 'step') return { loss: event.loss, accuracy: event.accuracy };
  if (event.kind === 'evaluation') return { accuracy: event.fitness };
  return { loss: event.record.trainLoss, accuracy: event.record.validationAccuracy ?? event.record.trainAccuracy };
}
