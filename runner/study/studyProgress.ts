import type { StudyPlan, StudyTask } from '../../src/nas/transfer/plan.js';
import type { SearchOutcome, TrainingOutcome } from '../../src/nas/transfer/results.js';
import type { BaselineOutcome, JobRecord, JobStore, StudyEvent } from '../../src/nas/transfer/study.js';
import type { Progress } from '../progress/progress.js';
import { percent } from '../report/numbers.js';

/**
 * The kinds of the jobs still to do and the number of those done, shared jobs counted once. Two searches that will find
 * the same architecture can't be foreseen.
 */
export async function countJobs(plan: StudyPlan, store: JobStore): Promise<{ kinds: string[]; done: number }> {
  const tasks = new Map<string, StudyTask>();
  const kinds: string[] = [];
  for (const task of plan.baselines) tasks.set(task.hash, task);
  for (const task of plan.searches) {
    if (tasks.has(task.hash)) continue;
    tasks.set(task.hash, task);
    const found = store.get(task.hash)?.outcome as SearchOutcome | undefined;
    if (found)
      for (const training of await plan.trainings(task, found.architecture)) tasks.set(training.hash, training);
    else kinds.push(...plan.study.targets.map(() => 'training'));
  }
  let done = 0;
  for (const task of tasks.values()) {
    if (store.get(task.hash)) done++;
    else kinds.push(kindOf(task));
  }
  return { kinds, done };
}

/** Jobs of a kind take about as long. */
function kindOf(task: StudyTask): string {
  return task.kind === 'search' ? `search ${task.method}` : task.kind;
}

function labelOf(task: StudyTask): string {
  if (task.kind === 'search') return `${task.method} on ${task.source}, seed ${task.seed}`;
  if (task.kind === 'training') return `training on ${task.target.label}, seed ${task.seed}`;
  return `linear classifier on ${task.target.label}`;
}

function summaryOf({ kind, outcome }: JobRecord): string {
  if (kind === 'search') return (outcome as SearchOutcome).architecture;
  if (kind === 'training') return `accuracy ${percent((outcome as TrainingOutcome).accuracy)} %`;
  return `accuracy ${percent((outcome as BaselineOutcome).linear)} %`;
}

/** Shows the events of jobs. The first event of a job decides what its bar counts: steps, epochs or architectures. */
export function showJobs(progress: Progress): (event: StudyEvent) => void {
  let counted: string | undefined;
  const begin = (task: StudyTask, kind: string, total: number) => {
    if (counted === undefined) progress.start(labelOf(task), total, kindOf(task));
    counted ??= kind;
  };
  return (message) => {
    if (message.kind === 'start') counted = undefined;
    if (message.kind === 'progress') {
      const { event, task } = message;
      begin(task, event.kind, event.total);
      if (event.kind === counted) progress.update(event.done, numbersOf(event));
    }
    if (message.kind === 'done' && !message.reused) {
      begin(message.task, 'job', 1);
      progress.finish(summaryOf(message.record));
      counted = undefined;
    }
  };
}

function numbersOf(event: Extract<StudyEvent, { kind: 'progress' }>['event']): { loss?: number; accuracy?: number } {
  if (event.kind === 'step') return { loss: event.loss, accuracy: event.accuracy };
  if (event.kind === 'evaluation') return { accuracy: event.fitness };
  return { loss: event.record.trainLoss, accuracy: event.record.validationAccuracy ?? event.record.trainAccuracy };
}
