import type { Gpu } from '../../src/engine/device/gpu.js';
import { spaceByName } from '../../src/nas/spaces/space.js';
import { imageSetNames, planStudy, type StudyPlan } from '../../src/nas/transfer/plan.js';
import type { Executors } from '../../src/nas/transfer/study.js';
import type { Study } from '../../src/nas/transfer/studySpecification.js';
import { targetBaseline, targetImages } from '../../src/nas/transfer/target.js';
import type { Tools } from '../tools.js';
import { type ImageSets, imageSets } from './imageSets.js';

/** A study ready to run: its images read, its device open, its jobs named. Ends with `dispose()`. */
export interface PreparedStudy {
  readonly gpu: Gpu;
  readonly sets: StudyImages;
  readonly plan: StudyPlan;
  readonly executors: Executors;
  dispose(): void;
}

export interface PrepareOptions {
  readonly adapter?: string;
  readonly dataDir?: string;
}

/** The image sets of a study, read, so that a wrong name is told before a device is looked for. */
export interface StudyImages extends Pick<ImageSets, 'open'> {
  readonly fingerprints: ReadonlyMap<string, string>;
}

export async function readImages(study: Study, { dataDir }: PrepareOptions): Promise<StudyImages> {
  const protocols = Object.values(study.protocols);
  const size = Math.max(...protocols.map((protocol) => protocol.imageSize));
  const sets = imageSets({ dataDir, size });
  return { open: sets.open, fingerprints: await sets.fingerprints(imageSetNames(study)) };
}

export async function prepareStudy(
  study: Study,
  sets: StudyImages,
  tools: Tools,
  { adapter }: PrepareOptions,
): Promise<PreparedStudy> {
  const gpu = await tools.openGpu(adapter);
  try {
    const { kind, name } = gpu.info;
    const plan = await planStudy(study, { adapter: `${kind}: ${name}`, fingerprints: sets.fingerprints });
    const work = await tools.createExecutors(gpu, spaceByName(study.space), { imageSet: sets.open });
    const executors: Executors = {
      search: (task, report) => work.search(task, report),
      train: (task, report) => work.train(task, report),
      baseline: async ({ target, protocol }) =>
        targetBaseline(targetImages(await sets.open(target.set), target, protocol)),
    };
    return { gpu, sets, plan, executors, dispose: () => gpu.dispose() };
  } catch (error) {
    gpu.dispose();
    throw error;
  }
}

/** The adapter as results name it. */
export function adapterOf({ info: { name, driver, kind } }: Gpu): { name: string; driver: string; kind: string } {
  return { name, driver, kind };
}
