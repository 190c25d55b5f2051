import { NasTransferError } from '../../engine/errors/errors.js';
import type { SourceSpecification } from '../data/rules/rule.js';
import { formatSource } from '../data/sourceSpecification.js';
import { methodByName } from '../methods/methods.js';
import type { Protocol } from '../records/protocol.js';
import { jobHash } from './jobHash.js';
import type { Study, StudyTarget } from './studySpecification.js';

/** Part of every hash: raised when a change of the program changes what a job gives. */
const RESULT_VERSION = 2;

/** A search to do: method x source x seed. */
export interface SearchTask {
  readonly kind: 'search';
  readonly hash: string;
  /** The method's name in the results. */
  readonly method: string;
  readonly source: string;
  readonly seed: number;
  readonly space: string;
  /** The name to find the method by, and its options with defaults filled in. */
  readonly methodName: string;
  readonly options: unknown;
  readonly specification: SourceSpecification;
  /** How the supernet, or else every candidate, is trained. */
  readonly protocol: Protocol;
}

/** Training from scratch: architecture x target x seed. */
export interface TrainingTask {
  readonly kind: 'training';
  readonly hash: string;
  readonly space: string;
  readonly architecture: string;
  readonly target: StudyTarget;
  readonly seed: number;
  readonly protocol: Protocol;
}

/** The reference levels of a target, on the images of `protocol`'s shape. */
export interface BaselineTask {
  readonly kind: 'baseline';
  readonly hash: string;
  readonly target: StudyTarget;
  readonly protocol: Protocol;
}

/** Looking an architecture up in the study's table, which has no seeds of its own: architecture x target. */
export interface JudgementTask {
  readonly kind: 'judgement';
  readonly hash: string;
  readonly architecture: string;
  readonly target: StudyTarget;
}

export type StudyTask = SearchTask | TrainingTask | BaselineTask | JudgementTask;

/** What, besides the study, decides outcomes. */
export interface PlanContext {
  /** Names the adapter and its measured kernels: results are equal to the bit on one adapter and with one choice of kernels. */
  readonly adapter: string;
  /** `fingerprint` of every image set of the study, by its name. */
  readonly fingerprints: ReadonlyMap<string, string>;
  /** Names what the table of a judged study holds. */
  readonly judge?: { readonly fingerprint: string };
}

export interface StudyPlan {
  readonly study: Study;
  readonly searches: readonly SearchTask[];
  readonly baselines: readonly BaselineTask[];
  /** The training of what a search found, on every target; none in a judged study. */
  trainings(search: Pick<SearchTask, 'seed'>, architecture: string): Promise<TrainingTask[]>;
  /** What a judged study looks up instead, for every target. */
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
 * All jobs of a study. Each is named by the hash of what decides its outcome and nothing else: a search that sees no
 * image has one name for all sources, and an architecture found twice is trained once a seed.
 */
export async function planStudy(study: Study, context: PlanContext): Promise<StudyPlan> {
  const { space, protocols } = study;
  const common = { version: RESULT_VERSION, adapter: context.adapter, space };
  const fingerprintOf = (set: string): string => {
    const fingerprint = context.fingerprints.get(set);
    if (fingerprint === undefined) throw new NasTransferError(`planStudy: no fingerprint of image set "${set}"`);
    return fingerprint;
  };

  const searches: SearchTask[] = [];
  for (const seed of study.seeds) {
    for (const { label, name, options } of study.methods) {
      const needs = methodByName(name).needs(options);
      const protocol = needs === 'supernet' ? protocols.search : protocols.fitness;
      for (const { label: source, specification } of study.sources) {
        const seen = { specification, fingerprint: fingerprintOf(specification.set), protocol };
        const decides = { kind: 'search', method: name, options, seed };
        searches.push({
          kind: 'search',
          hash: await jobHash(
            needs === 'nothing'
              ? { ...decides, version: RESULT_VERSION, space }
              : needs === 'name'
                ? { ...decides, version: RESULT_VERSION, space, source: formatSource(specification) }
                : { ...common, ...decides, ...seen },
          ),
          method: label,
          source,
          seed,
          space,
          methodName: name,
          options,
          specification,
          protocol,
        });
      }
    }
  }

  const judge = study.judge && { ...study.judge, fingerprint: context.judge?.fingerprint };
  if (judge && judge.fingerprint === undefined)
    throw new NasTransferError(`planStudy: no fingerprint of table "${judge.table}"`);
  const trained = judge ? [] : study.targets;
  const selection = ({ set, limit, testLimit }: StudyTarget) => ({ limit, testLimit, fingerprint: fingerprintOf(set) });
  const protocol = protocols.training;
  return {
    study,
    searches,
    baselines: await Promise.all(
      trained.map(async (target) => {
        const { imageSize, imageChannels } = protocol;
        const decides = { kind: 'baseline', version: RESULT_VERSION, imageSize, imageChannels, ...selection(target) };
        return { kind: 'baseline', hash: await jobHash(decides), target, protocol };
      }),
    ),
    trainings: ({ seed }, architecture) =>
      Promise.all(
        trained.map(async (target) => {
          const decides = { ...common, kind: 'training', architecture, protocol, seed, ...selection(target) };
          return { kind: 'training', hash: await jobHash(decides), space, architecture, target, seed, protocol };
        }),
      ),
    judgements: async (architecture) =>
      judge
        ? Promise.all(
            study.targets.map(async (target) => {
              const { epochs, fingerprint } = judge;
              const decides = { version: RESULT_VERSION, kind: 'judgement', architecture, set: target.set };
              const hash = await jobHash({ ...decides, space, epochs, fingerprint });
              return { kind: 'judgement', hash, architecture, target };
            }),
          )
        : [],
  };
}
