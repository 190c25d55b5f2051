import { join } from 'node:path';
import { makeSource } from '../../src/nas/data/index.js';
import {
  type JobStore,
  runStudy,
  type Study,
  type StudyEvent,
  type StudyProvenance,
  type StudyResults,
  type TableJudge,
  targetImages,
} from '../../src/nas/transfer/index.js';
import { atomicWrite } from '../files/atomicWrite.js';
import { versions } from '../package/package.js';
import type { Tools } from '../tools/tools.js';
import { openJudge } from './judge.js';
import {
  adapterOf,
  type JobImages,
  type PreparedStudy,
  type PrepareOptions,
  prepareStudy,
  readStudyImages,
} from './prepare.js';
import { withSession } from './session.js';
import { openStudyFolder } from './store.js';

export interface ConductOptions extends PrepareOptions {
  /** The folder of the study. */
  readonly out: string;
  /** The command line that runs the study again. */
  readonly rerun: string;
  notice(text: string): void;
  /** Called before the first job. */
  onReady?(prepared: PreparedStudy, store: JobStore): Promise<void>;
  onEvent?(event: StudyEvent): void;
}

/**
 * Runs a study in a folder, or resumes it there; writes results and report. Finished jobs are kept.
 * @throws {JobError} when a job fails
 * @throws {InterruptedError} when the user stops
 */
export async function conductStudy(study: Study, tools: Tools, options: ConductOptions): Promise<StudyResults> {
  const { out } = options;
  const kept = `finished jobs are kept in ${out}: run the same command again to continue`;
  const steps = {
    read: async () => ({ judge: await openJudge(study), images: await readStudyImages(study, options) }),
    openStore: () => openStudyFolder(out, options.notice),
    prepare: ({ judge, images }: { judge?: TableJudge; images: JobImages }) =>
      prepareStudy(study, images, judge, tools, options),
  };
  return withSession(steps, { kept, onEvent: options.onEvent }, async (session) => {
    const { plan, executors, store, onEvent } = session;
    await options.onReady?.(session, store);
    await atomicWrite(join(out, 'study.json'), `${JSON.stringify(study, undefined, 2)}\n`);
    const provenance = await provenanceOf(study, session, options);
    const results = await runStudy(plan, { ...executors, store, provenance, onEvent });
    await store.writeResults(results);
    const { writeReport } = await import('../report/writeReport.js');
    await writeReport(results, out);
    return results;
  });
}

async function provenanceOf(
  study: Study,
  prepared: PreparedStudy,
  { rerun, plugins = [] }: ConductOptions,
): Promise<StudyProvenance> {
  const { sets, judge } = prepared;
  const sources = [];
  for (const { label, specification } of study.sources) {
    const set = await sets.open(specification.set);
    const source = await makeSource(set, specification, study.seeds[0], prepared.sourceContext);
    sources.push({
      name: label,
      description: source.description,
      images: source.images,
      classes: source.classes.length,
    });
  }
  const common = {
    adapter: adapterOf(prepared),
    versions: versions(),
    sources,
    ...(plugins.length > 0 ? { plugins } : {}),
    rerun,
  };
  if (judge) return { ...common, targets: [], judge: judge.describe(), references: judge.references() };
  const targets = [];
  for (const target of study.targets) {
    const set = await sets.open(target.set);
    const { train, test } = targetImages(set, target, study.protocols.training);
    const description =
      `${train.count.toLocaleString('en-US')} of ${set.train.count.toLocaleString('en-US')} training and ` +
      `${test.count.toLocaleString('en-US')} of ${set.test.count.toLocaleString('en-US')} test images of ${set.name}`;
    targets.push({
      name: target.label,
      description,
      train: train.count,
      test: test.count,
      classes: set.classes.length,
    });
  }
  return { ...common, targets };
}
