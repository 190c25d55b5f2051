import type { AdapterKind, Gpu } from '../../src/engine/device/index.js';
import type { Engine } from '../../src/engine/runtime/index.js';
import type { AppliedTuning } from '../../src/engine/tuner/index.js';
import type { SourceContext } from '../../src/nas/data/index.js';
import type { PluginRecord } from '../../src/nas/records/index.js';
import { type Space, spaceByName } from '../../src/nas/spaces/index.js';
import {
  type Executors,
  imageSetNames,
  planStudy,
  type Study,
  type StudyPlan,
  type StudyResults,
  type TableJudge,
  type TaskContext,
  targetBaseline,
  targetImages,
} from '../../src/nas/transfer/index.js';
import { type ImageSets, imageSets } from '../data/imageSetCache.js';
import { pluginDigest } from '../plugins/plugins.js';
import type { Tools } from '../tools/tools.js';
import { tuningFor } from '../tuning/tuning.js';

export interface PrepareOptions {
  readonly adapter?: string;
  readonly dataDir?: string;
  /** False: the default kernels, not those chosen by `tune`. */
  readonly tune?: boolean;
  /** Plugins loaded by `--plugin`. */
  readonly plugins?: readonly PluginRecord[];
  notice?(text: string): void;
}

/** Image sets that jobs use, read before a device is opened, so that a wrong name is an error at once. */
export interface JobImages extends Pick<ImageSets, 'open' | 'edge'> {
  readonly fingerprints: ReadonlyMap<string, string>;
}

/** A device and what jobs need on it. Ends with `dispose()`. */
export interface JobDevice {
  readonly gpu: Gpu;
  readonly kind: AdapterKind;
  /** Measured choices between kernels; absent: the default kernels. */
  readonly tuning?: AppliedTuning;
  readonly sets: JobImages;
  /** What hashes of jobs depend on. */
  readonly context: TaskContext;
  readonly executors: Executors;
  /** For making sources outside jobs. */
  readonly sourceContext: SourceContext;
  dispose(): void;
}

/** A study ready to run: its images read, its device open, its jobs named. Ends with `dispose()`. */
export interface PreparedStudy extends JobDevice {
  /** Of a study that a table judges. */
  readonly judge?: TableJudge;
  readonly plan: StudyPlan;
}

/** @param size the largest image edge of the jobs, in pixels */
export async function readImages(
  names: readonly string[],
  size: number,
  { dataDir }: PrepareOptions,
): Promise<JobImages> {
  const sets = imageSets({ dataDir, size });
  const { open, edge } = sets;
  return { open, edge, fingerprints: await sets.fingerprints([...names]) };
}

export function readStudyImages(study: Study, options: PrepareOptions): Promise<JobImages> {
  const sizes = Object.values(study.protocols).map((protocol) => protocol.imageSize);
  return readImages(imageSetNames(study), Math.max(...sizes), options);
}

export async function openJobDevice(
  space: Space,
  sets: JobImages,
  tools: Tools,
  { adapter, tune, plugins = [], notice }: PrepareOptions,
): Promise<JobDevice> {
  const gpu = await tools.openGpu(adapter);
  try {
    const { kind, name } = gpu.info;
    const tuning = await tuningFor(gpu, tools, { tune }, notice);
    const named = tuning ? `${kind}: ${name}, tuned ${tuning.digest}` : `${kind}: ${name}`;
    const work = await tools.createExecutors(gpu, space, { imageSet: sets.open, variants: tuning?.variants });
    const executors: Executors = {
      search: (task, report) => work.search(task, report),
      train: (task, report) => work.train(task, report),
      baseline: async ({ target, protocol }) =>
        targetBaseline(targetImages(await sets.open(target.set), target, protocol)),
      ...(work.stepTime ? { stepTime: work.stepTime } : {}),
    };
    return {
      gpu,
      kind,
      tuning,
      sets,
      context: { adapter: named, fingerprints: sets.fingerprints, plugins: pluginDigest(plugins) },
      executors,
      sourceContext: sourceContextOf(gpu, tuning),
      dispose: () => gpu.dispose(),
    };
  } catch (error) {
    gpu.dispose();
    throw error;
  }
}

export async function prepareStudy(
  study: Study,
  sets: JobImages,
  judge: TableJudge | undefined,
  tools: Tools,
  options: PrepareOptions,
): Promise<PreparedStudy> {
  const device = await openJobDevice(spaceByName(study.space), sets, tools, options);
  try {
    const plan = await planStudy(study, { ...device.context, judge });
    const executors = judge
      ? { ...device.executors, judge: async (task: Parameters<TableJudge['judge']>[0]) => judge.judge(task) }
      : device.executors;
    return { ...device, executors, judge, plan };
  } catch (error) {
    device.dispose();
    throw error;
  }
}

/** One engine on the device, made when a source rule first needs it. */
function sourceContextOf(gpu: Gpu, tuning: AppliedTuning | undefined): SourceContext {
  let made: Promise<Engine> | undefined;
  const make = async () => {
    const { Engine } = await import('../../src/engine/runtime/index.js');
    return new Engine(gpu, { variants: tuning?.variants });
  };
  return { engine: () => (made ??= make()) };
}

/** The adapter and the tuning of its kernels, as results record them. */
export function adapterOf({ gpu, tuning }: Pick<JobDevice, 'gpu' | 'tuning'>): StudyResults['adapter'] {
  const { name, driver, kind } = gpu.info;
  return { name, driver, kind, ...(tuning ? { tuned: tuning.digest } : {}) };
}
