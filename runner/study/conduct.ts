import { join } from 'node:path';
import { makeSource } from '../../src/nas/data/sources.js';
import type { StudyResults } from '../../src/nas/transfer/results.js';
import { type JobStore, runStudy, type StudyEvent, type StudyProvenance } from '../../src/nas/transfer/study.js';
import type { Study } from '../../src/nas/transfer/studySpecification.js';
import { targetImages } from '../../src/nas/transfer/target.js';
import { versions } from '../package.js';
import type { Tools } from '../tools.js';
import { atomicWrite } from './atomicWrite.js';
import { type PreparedStudy, type PrepareOptions, prepareStudy } from './prepare.js';
import { openStudyFolder } from './store.js';

export interface ConductOptions extends PrepareOptions {
  /** The folder of the study. */
  readonly out: string;
  /** The command line that runs the study again. */
  readonly rerun: string;
  notice(text: string): void;
  /** Before the first job: what is to be done, and what is done already. */
  onReady?(prepared: PreparedStudy, store: JobStore): Promise<void>;
  onEvent?(event: StudyEvent): void;
}

/** Runs a study to its end in a folder, or takes it up where an earlier process was stopped; writes results and report. */
export async function conductStudy(study: Study, tools: Tools, options: ConductOptions): Promise<StudyResults> {
  const folder = await openStudyFolder(options.out, options.notice);
  let prepared: PreparedStudy | undefined;
  const interrupt = () => {
    options.notice(`\nstopped; what is finished is kept in ${options.out}: run the same command again to go on`);
    void folder.close().finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupt);
  try {
    prepared = await prepareStudy(study, tools, options);
    await options.onReady?.(prepared, folder);
    await atomicWrite(join(options.out, 'study.json'), `${JSON.stringify(study, undefined, 2)}\n`);
    const provenance = await provenanceOf(study, prepared, options.rerun);
    const results = await runStudy(prepared.plan, {
      ...prepared.executors,
      store: folder,
      provenance,
      onEvent: options.onEvent,
    });
    await folder.writeResults(results);
    const { writeReport } = await import('../report/writeReport.js');
    await writeReport(results, options.out);
    return results;
  } finally {
    process.off('SIGINT', interrupt);
    prepared?.dispose();
    await folder.close();
  }
}

async function provenanceOf(study: Study, { gpu, sets }: PreparedStudy, rerun: string): Promise<StudyProvenance> {
  const { name, driver, kind } = gpu.info;
  const sources = [];
  for (const { label, specification } of study.sources) {
    const source = makeSource(await sets.open(specification.set), specification, study.seeds[0]);
    sources.push({
      name: label,
      description: source.description,
      images: source.images,
      classes: source.classes.length,
    });
  }
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
  return { adapter: { name, driver, kind }, versions: versions(), sources, targets, rerun };
}
