import { NasTransferError } from '../../engine/errors/errors.js';
import type { EpochRecord } from '../records/epochRecord.js';
import type { JudgementOutcome, SearchOutcome, TrainingOutcome } from '../records/outcome.js';
import type { SearchEvent, StepEvent } from '../search/events.js';
import { spaceByName } from '../spaces/spaces.js';
import { judgedCells } from './judgedCells.js';
import type { StudyPlan } from './plan.js';
import type { SearchJob, StudyResults, TargetBaseline, TransferJob } from './results.js';
import { foundSkips } from './skips.js';
import { summarise } from './statistics.js';
import type { BaselineTask, JudgementTask, SearchTask, StudyTask, TrainingTask } from './tasks.js';

/** Times of a job's steps on a device. Never part of a result, because measurements vary. */
export interface StepTime {
  /** Building the network, compiling its kernels and uploading the images. */
  readonly compileSeconds: number;
  readonly secondsPerStep: number;
  /** Optimiser steps of the whole job; of a search that trains candidates, at most. */
  readonly steps: number;
}

/** Baselines on a target's test images, as fractions. */
export type BaselineOutcome = Omit<TargetBaseline, 'target'>;

/**
 * Executes the jobs of a study. Outcomes must depend only on the task. Aborted calls reject with the signal's reason and free their
 * buffers.
 */
export interface Executors {
  search(task: SearchTask, report: (event: SearchEvent) => void, signal?: AbortSignal): Promise<SearchOutcome>;
  train(task: TrainingTask, report: (event: TrainingEvent) => void, signal?: AbortSignal): Promise<TrainingOutcome>;
  baseline(task: BaselineTask): Promise<BaselineOutcome>;
  /** Times of a job's steps, measured briefly; absent where they cannot be measured. */
  stepTime?(task: SearchTask | TrainingTask, signal?: AbortSignal): Promise<StepTime>;
  /** Only for judged studies. */
  judge?(task: JudgementTask): Promise<JudgementOutcome>;
}

export type TrainingEvent =
  | StepEvent
  | { readonly kind: 'epoch'; readonly done: number; readonly total: number; readonly record: EpochRecord };

/** A finished job as it is stored. */
export interface JobRecord {
  readonly hash: string;
  readonly kind: StudyTask['kind'];
  readonly seconds: number;
  readonly outcome: SearchOutcome | TrainingOutcome | BaselineOutcome | JudgementOutcome;
}

/** Finished jobs by hash. A record is durable when the promise of `append` resolves. */
export interface JobStore {
  get(hash: string): JobRecord | undefined;
  append(record: JobRecord): Promise<void>;
}

/** `done` and `total` count the jobs of the study; `reused`: the job was in the store. */
export type StudyEvent =
  | { readonly kind: 'start'; readonly task: StudyTask; readonly done: number; readonly total: number }
  | { readonly kind: 'progress'; readonly task: StudyTask; readonly event: SearchEvent | TrainingEvent }
  | {
      readonly kind: 'done';
      readonly task: StudyTask;
      readonly record: JobRecord;
      readonly reused: boolean;
      readonly done: number;
      readonly total: number;
    };

/** The provenance of results. */
export type StudyProvenance = Pick<
  StudyResults,
  'adapter' | 'versions' | 'sources' | 'targets' | 'plugins' | 'rerun' | 'judge' | 'references'
>;

export interface StudyRun extends Executors {
  readonly store: JobStore;
  readonly provenance: StudyProvenance;
  onEvent?(event: StudyEvent): void;
  /** Aborts before the next job, and the running one between two of its steps; finished jobs stay in the store. */
  readonly signal?: AbortSignal;
}

/** A finished job with the outcome of its kind. */
export type RecordOf<Outcome> = JobRecord & { readonly outcome: Outcome };

/** Does one job, unless the store has it already. */
export async function completeJob<Outcome extends JobRecord['outcome']>(
  task: StudyTask,
  store: JobStore,
  work: () => Promise<Outcome>,
): Promise<RecordOf<Outcome>> {
  const known = store.get(task.hash);
  if (known) return known as RecordOf<Outcome>;
  const start = performance.now();
  const outcome = await work();
  const seconds = (performance.now() - start) / 1000;
  // As a store returns it later: JSON turns NaN into null.
  const record = JSON.parse(
    JSON.stringify({ hash: task.hash, kind: task.kind, seconds, outcome }),
  ) as RecordOf<Outcome>;
  await store.append(record);
  return record;
}

/**
 * Does every job of the plan that the store does not have yet. The results are the same whether the run was interrupted or not, except
 * for times.
 * @throws the signal's reason when it aborts; finished jobs stay in the store
 */
export async function runStudy(plan: StudyPlan, run: StudyRun): Promise<StudyResults> {
  const { study } = plan;
  const total = plan.baselines.length + plan.searches.length * (1 + study.targets.length);
  let done = 0;

  const complete = async <Outcome extends JobRecord['outcome']>(task: StudyTask, work: () => Promise<Outcome>) => {
    run.signal?.throwIfAborted();
    const reused = run.store.get(task.hash) !== undefined;
    if (!reused) run.onEvent?.({ kind: 'start', task, done, total });
    const record = await completeJob(task, run.store, work);
    done++;
    run.onEvent?.({ kind: 'done', task, record, reused, done, total });
    return record;
  };
  const progress = (task: StudyTask) => (event: SearchEvent | TrainingEvent) =>
    run.onEvent?.({ kind: 'progress', task, event });

  const baselines: TargetBaseline[] = [];
  const searches: SearchJob[] = [];
  const jobs: TransferJob[] = [];
  const seconds = new Map<string, number>();
  for (const task of plan.baselines) {
    const record = await complete(task, () => run.baseline(task));
    seconds.set(record.hash, record.seconds);
    baselines.push({ target: task.target.label, ...record.outcome });
  }
  for (const task of plan.searches) {
    const { method, source, seed } = task;
    const search = await complete(task, () => run.search(task, progress(task), run.signal));
    seconds.set(search.hash, search.seconds);
    searches.push({ hash: search.hash, method, source, seed, ...search.outcome, seconds: search.seconds });
    const { architecture } = search.outcome;
    const found = { searchHash: search.hash, method, source, seed, architecture };
    const add = (target: string, record: RecordOf<TrainingOutcome | JudgementOutcome>) => {
      seconds.set(record.hash, record.seconds);
      jobs.push({ hash: record.hash, ...found, target, epochs: [], ...record.outcome, seconds: record.seconds });
    };
    for (const training of await plan.trainings(task, architecture))
      add(training.target.label, await complete(training, () => run.train(training, progress(training), run.signal)));
    for (const judgement of await plan.judgements(architecture))
      add(judgement.target.label, await complete(judgement, () => judged(run, judgement)));
  }
  const { references } = run.provenance;
  return {
    format: 1,
    name: study.name,
    space: study.space,
    ...run.provenance,
    seeds: study.seeds,
    ...(study.notes ? { notes: study.notes } : {}),
    protocols: study.protocols,
    searches,
    jobs,
    baselines,
    summary: {
      ...summarise(jobs, searches),
      skips: foundSkips(spaceByName(study.space), searches),
      ...(references ? { judged: judgedCells(jobs, references, run.provenance.judge!.size) } : {}),
    },
    seconds: [...seconds.values()].reduce((sum, value) => sum + value, 0),
  };
}

function judged({ judge }: StudyRun, task: JudgementTask): Promise<JudgementOutcome> {
  if (!judge) throw new NasTransferError('runStudy: got a judged study, wanted an executor `judge`');
  return judge(task);
}
