import type { Compiler } from '../../engine/runtime/compiler.js';
import type { Source } from '../data/sources.js';
import type { Supernet, SupernetOptions } from '../networks/classifier.js';
import type { Protocol } from '../records/protocol.js';
import type { Space } from '../spaces/shared/space.js';
import type { SearchEvent } from './events.js';

/** What methods on a supernet use: a device, the source's images in the protocol's shape, supernets of the space. */
export interface SupernetContext {
  readonly engine: Compiler;
  readonly protocol: Protocol;
  readonly source: Source;
  /** A supernet, not yet allocated. @param sizes channels and cells that differ from the protocol's */
  build(options: SupernetOptions, sizes?: Partial<Pick<Protocol, 'channels' | 'cells'>>): Supernet;
}

/** Settings of one evaluation. */
export interface EvaluationRequest {
  /** Distinguishes the evaluations of a search: initial weights and batches depend on it. */
  readonly seedOffset: number;
  /** One of the problem's `epochs`; default: the last of them. */
  readonly epochs?: number;
  /** Aborts the evaluation. */
  readonly signal?: AbortSignal;
}

/** Result of an evaluation. */
export interface EvaluationResult {
  /** From 0 to 1, on images that were not trained on; never on test images. */
  readonly accuracy: number;
  /**
   * Training time that a table states. Absent where the training was done: results must not depend on the speed of a machine.
   */
  readonly seconds?: number;
}

/** Limits of a search by evaluations, which come before the method's own options. */
export interface SearchLimits {
  /** Largest number of architectures evaluated. */
  readonly evaluations?: number;
  /** Largest sum of the seconds of evaluations; the evaluation that would exceed it is not counted. */
  readonly seconds?: number;
}

/** What a method searches: a space, with a source that it sees only through evaluations or a supernet. */
export interface Problem<Architecture = unknown> {
  readonly space: Space<Architecture>;
  readonly seed: number;
  /** Identifies the source: equal selections of images have equal names. */
  readonly sourceName?: string;
  /** Trains the architecture on the training split and measures it on the validation split, or looks the result up in a table. */
  evaluate(architecture: Architecture, request: EvaluationRequest): Promise<EvaluationResult>;
  /** Lengths of training that `evaluate` offers, in epochs, ascending: the fidelities of multi-fidelity methods. */
  readonly epochs: readonly number[];
  readonly limits?: SearchLimits;
  /** Names that `cost` accepts: parameters, multiplyAdds, mflops, latency:DEVICE. */
  readonly costs: readonly string[];
  /** Cost of the architecture's network: a count, or latency in milliseconds. @throws {UnknownNameError} when the name is not in `costs` */
  cost(architecture: Architecture, name: string): number;
  readonly supernet?: SupernetContext;
  /** The device for predictors that are networks; opened at the first call. */
  engine?(): Promise<Compiler>;
  /** Receives every event of the search, which can be shown by these alone. */
  report?(event: SearchEvent): void;
  /** Aborts the search between two optimiser steps or evaluations. */
  readonly signal?: AbortSignal;
}
