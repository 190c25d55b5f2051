import { NasTransferError } from '../../engine/errors/errors.js';
import type { SourceSpecification } from '../data/rules/rule.js';
import { formatSource } from '../data/sourceSpecification.js';
import { methodByName } from '../methods/methods.js';
import type { Protocol } from '../records/protocol.js';
import { jobHash } from './jobHash.js';
import type { StudyMethod, StudySource, StudyTarget } from './studyParts.js';

/** Part of every hash; increased when a change of the program changes outcomes. */
export const RESULT_VERSION = 2;

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
  /** Training of the supernet, or of every candidate. */
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

/** What outcomes depend on besides the settings of a job. */
export interface TaskContext {
  /** Names the adapter and the tuning of its kernels: results are bit-identical on one adapter with one tuning. */
  readonly adapter: string;
  /** `fingerprint` of every image set, by its name. */
  readonly fingerprints: ReadonlyMap<string, string>;
  /** Names the code of plugins; absent without any. */
  readonly plugins?: string;
}

/**
 * Builds the task of a search. Its hash covers exactly what the outcome depends on: a search that uses no image has the same hash for
 * all sources.
 * @throws {NasTransferError} when the context lacks the fingerprint of the image set
 */
export async function searchTask(
  { adapter, fingerprints, plugins }: TaskContext,
  settings: {
    readonly space: string;
    readonly method: StudyMethod;
    readonly source: StudySource;
    readonly seed: number;
    readonly protocol: Protocol;
  },
): Promise<SearchTask> {
  const { space, seed, protocol } = settings;
  const { label: method, name, options } = settings.method;
  const { label: source, specification } = settings.source;
  const needs = methodByName(name).needs(options);
  const decides = { kind: 'search', method: name, options, seed, version: RESULT_VERSION, space, plugins };
  const fingerprint = fingerprintOf(fingerprints, specification.set);
  const hash = await jobHash(
    needs === 'nothing'
      ? decides
      : needs === 'name'
        ? { ...decides, source: formatSource(specification) }
        : { ...decides, adapter, specification, fingerprint, protocol },
  );
  return { kind: 'search', hash, method, source, seed, space, methodName: name, options, specification, protocol };
}

/**
 * Builds the task of a training from scratch. An architecture that was found twice has one hash for each seed.
 * @throws {NasTransferError} when the context lacks the fingerprint of the image set
 */
export async function trainingTask(
  { adapter, fingerprints, plugins }: TaskContext,
  settings: Omit<TrainingTask, 'kind' | 'hash'>,
): Promise<TrainingTask> {
  const { space, architecture, protocol, seed, target } = settings;
  const decides = { version: RESULT_VERSION, adapter, space, kind: 'training', architecture, protocol, seed, plugins };
  const hash = await jobHash({ ...decides, ...selection(fingerprints, target) });
  return { kind: 'training', hash, space, architecture, target, seed, protocol };
}

/** The part of a target that outcomes depend on. */
export function selection(fingerprints: TaskContext['fingerprints'], { set, limit, testLimit }: StudyTarget) {
  return { limit, testLimit, fingerprint: fingerprintOf(fingerprints, set) };
}

function fingerprintOf(fingerprints: TaskContext['fingerprints'], set: string): string {
  const fingerprint = fingerprints.get(set);
  if (fingerprint === undefined) throw new NasTransferError(`job: no fingerprint of image set "${set}"`);
  return fingerprint;
}
