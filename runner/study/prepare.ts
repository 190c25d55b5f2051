import type { AdapterKind, Gpu } from '../../src/engine/device/index.js';
import type { Engine } from '../../src/engine/runtime/index.js';
import type { AppliedTuning } from '../../src/engine/tuner/index.js';
import type { SourceContext } from '../../src/nas/data/index.js';
import { spaceByName } from '../../src/nas/spaces/index.js';
import {
  type Executors,
  imageSetNames,
  planStudy,
  type Study,
  type StudyPlan,
  type StudyResults,
  type TableJudge,
  targetBaseline,
  targetImages,
} from '../../src/nas/transfer/index.js';
import { type ImageSets, imageSets } from '../data/imageSetCache.js';
import type { Tools } from '../tools/tools.js';
import { tuningFor } from '../tuning/tuning.js';

/** A study ready to run: its images read, its device open, its jobs named. Ends with `dispose()`. */
export interface PreparedStudy {
  readonly gpu: Gpu;
  /** Measured choices between kernels that are used. */
  readonly tuning?: AppliedTuning;
  readonly sets: StudyImages;
  /** Of a study that a table judges. */
  readonly judge?: TableJudge;
  readonly plan: StudyPlan;
  readonly executors: Executors;
  /** For making the study's sources outside its jobs. */
  readonly sourceContext: SourceContext;
  dispose(): void;
}

export interface PrepareOptions {
  readonly adapter?: string;
  readonly dataDir?: string;
  /** False: the usual kernels, whatever was measured. */
  readonly tune?: boolean;
  notice?(text: string): void;
  /** The protocols that go with the images and the kind of device, in place of the study's. */
  protocolsFor?(kind: AdapterKind, sets: StudyImages, context: SourceContext): Promise<Study['protocols']>;
}

/** The image sets of a study, read, so that a wrong name is told before a device is looked for. */
export interface StudyImages extends Pick<ImageSets, 'open' | 'edge'> {
  readonly fingerprints: ReadonlyMap<string, string>;
}

export async function readImages(study: Study, { dataDir }: PrepareOptions): Promise<StudyImages> {
  const protocols = Object.values(study.protocols);
  const size = Math.max(...protocols.map((protocol) => protocol.imageSize));
  const sets = imageSets({ dataDir, size });
  const { open, edge } = sets;
  return { open, edge, fingerprints: await sets.fingerprints(imageSetNames(study)) };
}

export async function prepareStudy(
  study: Study,
  sets: StudyImages,
  judge: TableJudge | undefined,
  tools: Tools,
  { adapter, tune, notice, protocolsFor }: PrepareOptions,
): Promise<PreparedStudy> {
  const gpu = await tools.openGpu(adapter);
  try {
    const { kind, name } = gpu.info;
    const tuning = await tuningFor(gpu, tools, { tune }, notice);
    const sourceContext = contextOf(gpu, tuning);
    const named = tuning ? `${kind}: ${name}, tuned ${tuning.digest}` : `${kind}: ${name}`;
    const planned = protocolsFor ? { ...study, protocols: await protocolsFor(kind, sets, sourceContext) } : study;
    const plan = await planStudy(planned, { adapter: named, fingerprints: sets.fingerprints, judge });
    const options = { imageSet: sets.open, variants: tuning?.variants };
    const work = await tools.createExecutors(gpu, spaceByName(study.space), options);
    const executors: Executors = {
      search: (task, report) => work.search(task, report),
      train: (task, report) => work.train(task, report),
      baseline: async ({ target, protocol }) =>
        targetBaseline(targetImages(await sets.open(target.set), target, protocol)),
      ...(work.stepTime ? { stepTime: work.stepTime } : {}),
      ...(judge ? { judge: async (task) => judge.judge(task) } : {}),
    };
    return { gpu, tuning, sets, judge, plan, executors, sourceContext, dispose: () => gpu.dispose() };
  } catch (error) {
    gpu.dispose();
    throw error;
  }
}

/** One engine on the device, made when a source rule first needs it. */
function contextOf(gpu: Gpu, tuning: AppliedTuning | undefined): SourceContext {
  let made: Promise<Engine> | undefined;
  const make = async () => {
    const { Engine } = await import('../../src/engine/runtime/index.js');
    return new Engine(gpu, { variants: tuning?.variants });
  };
  return { engine: () => (made ??= make()) };
}

/** The adapter, and which measured kernels were used, as results name them. */
export function adapterOf({ gpu, tuning }: Pick<PreparedStudy, 'gpu' | 'tuning'>): StudyResults['adapter'] {
  const { name, driver, kind } = gpu.info;
  return { name, driver, kind, ...(tuning ? { tuned: tuning.digest } : {}) };
}
