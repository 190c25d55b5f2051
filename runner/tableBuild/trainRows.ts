import { validationSetName } from '../../src/nas/data/index.js';
import type { Protocol, ProtocolOverrides } from '../../src/nas/records/index.js';
import { spaceByName } from '../../src/nas/spaces/index.js';
import type { TrainedRow } from '../../src/nas/tables/index.js';
import {
  completeJob,
  type StudyEvent,
  studyTarget,
  type TrainingTask,
  trainingProtocol,
  trainingTask,
} from '../../src/nas/transfer/index.js';
import { adapterOf, type JobImages, openJobDevice, type PrepareOptions, readImages } from '../study/prepare.js';
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
  /** Settings that override the published training, as in a study. */
  readonly protocol: ProtocolOverrides;
}

export interface TrainRowsOptions extends PrepareOptions {
  /** Folder for finished trainings; a later call runs only the missing ones. */
  readonly folder: string;
  notice(text: string): void;
  onEvent(event: StudyEvent): void;
  /** Called before the first training with the total number and the number already finished. */
  onReady?(total: number, kept: number): void;
}

export interface TrainedRows {
  readonly rows: readonly TrainedRow[];
  readonly adapter: ReturnType<typeof adapterOf>;
  readonly protocol: Protocol;
  /** Classes of the image set. */
  readonly classes: number;
}

/**
 * Trains all networks of a table, one after another: on half of the training images for a validation accuracy, on all of them for a
 * test accuracy. @throws {JobError} when a training fails @throws {InterruptedError} when the user stops; finished trainings are kept
 */
export async function trainRows(work: RowsToTrain, tools: Tools, options: TrainRowsOptions): Promise<TrainedRows> {
  const { set, limit, testLimit, seeds } = work;
  const space = spaceByName(work.space);
  const protocol = trainingProtocol(space, work.protocol);
  const [validation, test] = [validationSetName(set), set].map((name) => studyTarget({ set: name, limit, testLimit }));
  const kept = `finished trainings are kept in ${options.folder}: run the same command again to continue`;
  const steps = {
    read: () =>
      readImages([validation.set, test.set], Math.max(protocol.imageSize, space.protocols.search.imageSize), options),
    openStore: () => openStudyFolder(options.folder, options.notice),
    prepare: (sets: JobImages) => openJobDevice(space, sets, tools, options),
  };
  return withSession(steps, { kept, onEvent: options.onEvent }, async (session) => {
    const { context, executors, store, onEvent } = session;
    const tasks: [TrainedRow['split'], TrainingTask][] = [];
    for (const architecture of work.architectures)
      for (const seed of seeds) {
        const common = { space: space.name, architecture, seed, protocol };
        tasks.push(['validation', await trainingTask(context, { ...common, target: validation })]);
        tasks.push(['test', await trainingTask(context, { ...common, target: test })]);
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
    return { rows, adapter: adapterOf(session), protocol, classes: classes.length };
  });
}
