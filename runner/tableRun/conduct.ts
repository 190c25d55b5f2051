import type { PluginRecord } from '../../src/nas/records/index.js';
import {
  reportedMeasurements,
  summariseTableRun,
  type Table,
  type TableRunResults,
  type TableSearch,
} from '../../src/nas/tables/index.js';
import { jobHash } from '../../src/nas/transfer/index.js';
import type { LazyDevice } from '../device/device.js';
import { InterruptedError, JobError } from '../errors/errors.js';
import { versions } from '../package/package.js';
import { pluginDigest } from '../plugins/plugins.js';
import { interruptible } from '../progress/interrupt.js';
import type { Progress } from '../progress/progress.js';
import { memoryStore, openSearchFolder, type SearchStore } from './folder.js';
import { planTasks, type TableChoice, type TableRunPlan, type TableTask } from './plan.js';
import { startWorker } from './pool.js';
import type { Searcher } from './searcher.js';
import { localSearcher } from './searchTask.js';

export interface TableRunOptions {
  readonly table: Table;
  /** Arguments with which worker processes open the same table. */
  readonly choice: TableChoice;
  readonly jobs: number;
  /** Folder for finished searches. */
  readonly out?: string;
  readonly rerun?: string;
  readonly plugins?: readonly PluginRecord[];
  /** The device for methods that need one. */
  readonly openDevice: LazyDevice['open'];
  readonly progress: Progress;
}

/**
 * Runs all searches of a plan that are not finished yet, several in parallel, and summarises. The results do not
 * depend on `jobs`.
 * @throws {JobError} when a search fails, with its name
 * @throws {InterruptedError} when the user stops
 */
export async function conductTableRun(plan: TableRunPlan, options: TableRunOptions): Promise<TableRunResults> {
  const started = performance.now();
  const { table, out, progress, rerun, plugins = [] } = options;
  const tasks = await planTasks(table, plan, pluginDigest(plugins));
  const store = out === undefined ? memoryStore() : await openSearchFolder(out, (text) => progress.note(text));
  try {
    const stopped =
      out === undefined ? 'stopped' : `stopped; finished searches are kept in ${out}: run it again to continue`;
    const searches = await interruptible(stopped, () => searchAll(tasks, store, options));
    return {
      format: 1,
      kind: 'table-run',
      table: table.name,
      space: table.space,
      ...plan,
      searches,
      ...summariseTableRun(table, { ...plan, searches }, reportedMeasurements(table)),
      versions: versions(),
      seconds: (performance.now() - started) / 1000,
      ...(plugins.length > 0 ? { plugins } : {}),
      ...(rerun === undefined ? {} : { rerun }),
    };
  } finally {
    await store.close();
  }
}

async function searchAll(tasks: readonly TableTask[], store: SearchStore, options: TableRunOptions) {
  const { table, progress } = options;
  const found = new Map<TableTask, TableSearch>();
  const waiting: TableTask[] = [];
  for (const task of tasks) {
    const kept = store.get(task.hash);
    if (kept) found.set(task, relabelled(kept, task));
    else waiting.push(task);
  }
  if (found.size > 0) progress.note(`${found.size} of ${tasks.length} searches were done before`);
  progress.start('runs', waiting.length === 0 ? null : 'reading the table');
  const show = () => progress.update({ done: found.size, total: tasks.length, unit: 'run' });
  const keep = async (task: TableTask, hash: string, search: TableSearch) => {
    await store.append(hash, search);
    found.set(task, search);
    show();
  };
  const withDevice = await searchWithout(waiting, options, (task, search) => keep(task, task.hash, search));
  if (withDevice.length > 0) {
    const { gpu, engine } = await options.openDevice();
    const adapter = `${gpu.info.kind}: ${gpu.info.name}`;
    const searcher = localSearcher(table, engine);
    for (const task of withDevice) {
      const hash = await jobHash({ task: task.hash, adapter });
      const kept = store.get(hash);
      if (kept) found.set(task, relabelled(kept, task));
      else await keep(task, hash, (await named(task, searcher))!);
    }
  }
  progress.finish();
  return tasks.map((task) => found.get(task)!);
}

/** Runs searches that need no device. @returns the other tasks: all tasks of a method if one of its searches needed a device */
async function searchWithout(
  tasks: readonly TableTask[],
  { table, choice, jobs }: TableRunOptions,
  keep: (task: TableTask, search: TableSearch) => Promise<void>,
): Promise<TableTask[]> {
  if (tasks.length === 0) return [];
  const queue = tasks[Symbol.iterator]();
  const needDevice = new Set<string>();
  const left = new Set(tasks);
  const searchers: Searcher[] = [];
  const work = async (searcher: Searcher) => {
    for (const task of queue) {
      if (needDevice.has(task.method.label)) continue;
      const search = await named(task, searcher);
      if (search) {
        await keep(task, search);
        left.delete(task);
      } else needDevice.add(task.method.label);
    }
  };
  const processes = Math.min(jobs, tasks.length);
  const stop = () => {
    for (const searcher of searchers) searcher.close();
  };
  // Ends the workers whenever this process ends.
  process.once('exit', stop);
  try {
    await Promise.all(
      Array.from({ length: processes }, async () => {
        const searcher = processes === 1 ? localSearcher(table) : await startWorker(choice);
        searchers.push(searcher);
        await work(searcher);
      }),
    );
  } finally {
    process.off('exit', stop);
    stop();
  }
  return tasks.filter((task) => left.has(task));
}

async function named(task: TableTask, searcher: Searcher): Promise<TableSearch | undefined> {
  try {
    return await searcher.search(task);
  } catch (error) {
    if (error instanceof JobError || error instanceof InterruptedError) throw error;
    const { method, set, seed } = task;
    throw new JobError(`${method.label} on ${set}, seed ${seed}: ${(error as Error).message}`, { cause: error });
  }
}

/** A finished search may have been stored under another label. */
function relabelled(search: TableSearch, { method }: TableTask): TableSearch {
  return { ...search, method: method.label };
}
