import type { EpochRecord } from '../records/epochRecord.js';

/** Optimiser steps done and to do in the whole job; sent as often as the sender likes. */
export interface StepEvent {
  readonly kind: 'step';
  readonly done: number;
  readonly total: number;
  readonly loss?: number;
  readonly accuracy?: number;
}

/** An epoch is done. */
export interface EpochEvent {
  readonly kind: 'epoch';
  readonly done: number;
  /** Epochs of the whole job. */
  readonly total: number;
  readonly record: EpochRecord;
}

/** An architecture has been evaluated. */
export interface EvaluationEvent {
  readonly kind: 'evaluation';
  readonly done: number;
  /** Infinity: a limit of seconds ends the search. */
  readonly total: number;
  readonly architecture: string;
  /** Accuracy from 0 to 1. */
  readonly fitness: number;
}

/**
 * A phase of a search starts or ends. A phase that fails or is aborted has no end.
 * - `preparation`: a supernet is allocated and its programs are compiled
 * - `training`: the epochs of a supernet; after `restore` it starts again
 * - `selection`: architectures are compared, or one is derived, with the trained supernet
 * - `evaluation`: one architecture is evaluated
 */
export interface PhaseEvent {
  readonly kind: 'phase';
  readonly phase: 'preparation' | 'training' | 'selection' | 'evaluation';
  readonly state: 'start' | 'end';
  /** Position among the phases of the same name, from 1. */
  readonly index: number;
  /** How many phases of that name the search has, at most; Infinity where a limit of seconds ends it. */
  readonly count: number;
  /** The architecture of an evaluation. */
  readonly architecture?: string;
}

/** Everything that a search reports. */
export type SearchEvent = StepEvent | EpochEvent | EvaluationEvent | PhaseEvent;

/** Reports the start of a phase, does its work and reports the end. */
export async function inPhase<T>(
  reporter: { report?(event: SearchEvent): void },
  phase: Omit<PhaseEvent, 'kind' | 'state'>,
  work: () => T | Promise<T>,
): Promise<T> {
  reporter.report?.({ kind: 'phase', state: 'start', ...phase });
  const result = await work();
  reporter.report?.({ kind: 'phase', state: 'end', ...phase });
  return result;
}
