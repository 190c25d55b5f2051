import { validationSetName } from '../../src/nas/data/index.js';
import type { TrainedRow } from '../../src/nas/tables/index.js';
import {
  completeJob,
  parseStudy,
  type Study,
  type StudyEvent,
  type TrainingTask,
} from '../../src/nas/transfer/index.js';
import { adapterOf, type PrepareOptions } from '../study/prepare.js';
import { withSession } from '../study/session.js';
import { openStudyFolder } from '../study/store.js';
import type { Tools } from '../tools/tools.js';

/** Trainings that make a table: every architecture with every seed. */
export interface RowsToTrain {
  readonly space: string;
  /** Canonical texts. */
  readonly architectures: readonly string[];
  /** Image set by name. */
  readonly set: string;
  readonly limit?: number;
  readonly testLimit?: number;
  readonly seeds: readonly number[];
  /** Settings that differ from the published training, as in a study. */
  readonly protocol: object;
}

export interface TrainRowsOptions extends PrepareOptions {
  /** Keeps finished trainings: called again, only the missing ones are done. */
  readonly folder: string;
  notice(text: string): void;
  onEvent(event: StudyEvent): void;
  /** Before the first: what is to be done, and how many are kept already. */
  onReady?(total: number, kept: number): void;
}

export interface TrainedRows {
  readonly rows: readonly TrainedRow[];
  readonly adapter: ReturnType<typeof adapterOf>;
  readonly study: Study;
  /** Classes of the image set. */
  readonly classes: number;
}

/**
 * Trains what a table needs, one after another: on half of the training images for a validation accuracy, on all of them for a
 * test accuracy. @throws JobError, InterruptedError; what is finished is kept
 */
export async function trainRows(work: RowsToTrain, tools: Tools, options: TrainRowsOptions): Promise<TrainedRows> {
  const { set, limit, testLimit, seeds } = work;
  const study = parseStudy(
    {
      name: 'table',
      space: work.space,
      methods: ['random'],
      sources: [{ set }],
      targets: [
        { set: validationSetName(set), limit, testLimit },
        { set, limit, testLimit },
      ],
      seeds,
      training: work.protocol,
    },
    'table build',
  );
  const kept = `what is finished is kept in ${options.folder}: run the same command again to go on`;
  const openStore = () => openStudyFolder(options.folder, options.notice);
  return withSession({ ...study, sources: [] }, tools, { ...options, openStore, kept }, async (session) => {
    const { plan, executors, store, onEvent } = session;
    const tasks: [TrainedRow['split'], TrainingTask][] = [];
    for (const architecture of work.architectures)
      for (const seed of seeds) {
        const [validation, test] = await plan.trainings({ seed }, architecture);
        tasks.push(['validation', validation], ['test', test]);
      }
    const total = tasks.length;
    options.onReady?.(total, tasks.filter(([, task]) => store.get(task.hash)).length);
    const rows: TrainedRow[] = [];
    for (const [split, task] of tasks) {
      const done = rows.length;
      const reused = store.get(task.hash) !== undefined;
      if (!reused) onEvent({ kind: 'start', task, done, total });
      const record = await completeJob(task, store, () =>
        executors.train(task, (event) => onEvent({ kind: 'progress', task, event })),
      );
      onEvent({ kind: 'done', task, record, reused, done: done + 1, total });
      const { architecture, seed } = task;
      rows.push({ architecture, seed, split, accuracy: record.outcome.accuracy, seconds: record.seconds });
    }
    const { classes } = await session.sets.open(set);
    return { rows, adapter: adapterOf(session), study, classes: classes.length };
  });
}
