import { NasTransferError } from '../../engine/errors/errors.js';
import { methodByName } from '../methods/methods.js';
import { jobHash } from './jobHash.js';
import type { Study } from './studySpecification.js';
import {
  type BaselineTask,
  type JudgementTask,
  RESULT_VERSION,
  type SearchTask,
  searchTask,
  selection,
  type TaskContext,
  type TrainingTask,
  trainingTask,
} from './tasks.js';

/** What decides outcomes besides the study. */
export interface PlanContext extends TaskContext {
  /** Names the content of the table of a judged study. */
  readonly judge?: { readonly fingerprint: string };
}

export interface StudyPlan {
  readonly study: Study;
  readonly searches: readonly SearchTask[];
  readonly baselines: readonly BaselineTask[];
  /** The training of a found architecture, on every target; none in a judged study. */
  trainings(search: Pick<SearchTask, 'seed'>, architecture: string): Promise<TrainingTask[]>;
  /** The lookups that replace training in a judged study, one for each target. */
  judgements(architecture: string): Promise<JudgementTask[]>;
}

/** The names of all image sets of a study, each once; targets of a judged study are none. */
export function imageSetNames(study: Study): string[] {
  return [
    ...new Set([
      ...study.sources.map((source) => source.specification.set),
      ...(study.judge ? [] : study.targets.map((target) => target.set)),
    ]),
  ];
}

/**
 * All jobs of a study. Each is named by the hash of what decides its outcome and nothing else.
 * @throws {NasTransferError} when the context lacks the fingerprint of an image set, or of the table of a judged study
 */
export async function planStudy(study: Study, context: PlanContext): Promise<StudyPlan> {
  const { space, protocols } = study;
  const searches: SearchTask[] = [];
  for (const seed of study.seeds)
    for (const method of study.methods) {
      const needs = methodByName(method.name).needs(method.options);
      const protocol = needs === 'supernet' ? protocols.search : protocols.fitness;
      for (const source of study.sources)
        searches.push(await searchTask(context, { space, method, source, seed, protocol }));
    }

  const judge = study.judge && { ...study.judge, fingerprint: context.judge?.fingerprint };
  if (judge && judge.fingerprint === undefined)
    throw new NasTransferError(`planStudy: no fingerprint of table "${judge.table}"`);
  const trained = judge ? [] : study.targets;
  const protocol = protocols.training;
  return {
    study,
    searches,
    baselines: await Promise.all(
      trained.map(async (target): Promise<BaselineTask> => {
        const { imageSize, imageChannels } = protocol;
        const decides = { kind: 'baseline', version: RESULT_VERSION, imageSize, imageChannels };
        const hash = await jobHash({ ...decides, ...selection(context.fingerprints, target) });
        return { kind: 'baseline', hash, target, protocol };
      }),
    ),
    trainings: ({ seed }, architecture) =>
      Promise.all(trained.map((target) => trainingTask(context, { space, architecture, target, seed, protocol }))),
    judgements: async (architecture) =>
      judge
        ? Promise.all(
            study.targets.map(async (target): Promise<JudgementTask> => {
              const { epochs, fingerprint } = judge;
              const decides = { version: RESULT_VERSION, kind: 'judgement', architecture, set: target.set };
              const hash = await jobHash({ ...decides, space, epochs, fingerprint });
              return { kind: 'judgement', hash, architecture, target };
            }),
          )
        : [],
  };
}
