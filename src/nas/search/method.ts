import type { z } from 'zod';
import { NasTransferError } from '../../engine/errors/errors.js';
import type { Compiler } from '../../engine/runtime/compiler.js';
import type { Source } from '../data/sources.js';
import type { Supernet, SupernetOptions } from '../networks/classifier.js';
import type { EpochRecord } from '../records/epochRecord.js';
import type { SearchOutcome } from '../records/outcome.js';
import type { Protocol } from '../records/protocol.js';
import type { Space } from '../spaces/shared/space.js';

/** What a method uses of its problem, and so what decides its outcome besides space, options and seed; `name`: the source's name alone. */
export type Needs = 'nothing' | 'name' | 'training' | 'supernet';

/** A search method; its options have the published defaults. */
export interface Method<Options = unknown> {
  readonly name: string;
  /** Authors, venue or year, arXiv id. */
  readonly paper: string;
  /** What it does, in one line without a full stop. */
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  needs(options: Options): Needs;
  /** Whether it chooses how long an evaluation trains; the others always take the longest. */
  readonly multiFidelity?: boolean;
  /** Whether an epoch of a supernet's weights goes through both halves of the source; else through one. */
  joinsHalves?(options: Options): boolean;
  start(problem: Problem, options: Options): Search;
}

/** A search under way. After `restore(save())`, in this or another process, it goes on to the same bits. */
export interface Search {
  /** Does the next piece of work. @returns whether there is more to do */
  step(): Promise<boolean>;
  /** The whole state between two steps. */
  save(): SearchState | Promise<SearchState>;
  restore(state: SearchState): void | Promise<void>;
  /** @throws SearchError before the first step */
  result(): SearchOutcome;
  progress(): SearchProgress;
  /** Frees what the search holds on the device. */
  dispose?(): void;
  /**
   * Builds, one after another, and frees all that the search will hold at once: on an engine that only plans, which then knows what
   * memory the search needs. Searches without it build everything before the first thing runs.
   */
  plan?(): Promise<void>;
  /** Supernets that are trained one after another; 1 where left out. */
  readonly stages?: number;
}

/** `values` survives JSON; `arrays` are the weights, moments and the like of a supernet. */
export interface SearchState {
  readonly method: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

export interface SearchProgress {
  readonly done: number;
  readonly total: number;
  readonly unit: 'architecture' | 'epoch';
}

/** What methods on a supernet work with: the device, the source's images in the protocol's shape, the space's supernet. */
export interface SupernetContext {
  readonly engine: Compiler;
  readonly protocol: Protocol;
  readonly source: Source;
  /** @param sizes channels and cells that differ from the protocol's */
  build(options: SupernetOptions, sizes?: Partial<Pick<Protocol, 'channels' | 'cells'>>): Supernet;
}

/** What one evaluation is to be. */
export interface EvaluationRequest {
  /** Tells evaluations of one search apart: initial weights and batches depend on it. */
  readonly seedOffset: number;
  /** One of the problem's `epochs`; left out, the last of them. */
  readonly epochs?: number;
}

/** What an evaluation tells. */
export interface EvaluationResult {
  /** On images that the training did not see, from 0 to 1; never the test images. */
  readonly accuracy: number;
  /** What a table says the training would have taken. Absent where it was really done: times of a machine decide nothing. */
  readonly seconds?: number;
}

/** When a search on architectures has to end; whatever a method's own options say. */
export interface SearchLimits {
  /** Architectures evaluated. */
  readonly evaluations?: number;
  /** Seconds that the evaluations say they took, together. One that would end later is not counted. */
  readonly seconds?: number;
}

/** What a method is given: a space, and a source seen only through evaluations or a supernet. */
export interface Problem<Architecture = unknown> {
  readonly space: Space<Architecture>;
  readonly seed: number;
  /** Tells sources apart; equal selections of images have equal names. */
  readonly sourceName?: string;
  /** Trains the architecture for short on one half of the source's images, and measures it on the other half; or looks this up. */
  evaluate(architecture: Architecture, request: EvaluationRequest): Promise<EvaluationResult>;
  /** The lengths of training that `evaluate` can do, ascending. Methods of several fidelities go up these. */
  readonly epochs: readonly number[];
  readonly limits?: SearchLimits;
  /** Names that `cost` takes: parameters, multiplyAdds, mflops, latency:DEVICE. */
  readonly costs: readonly string[];
  /** What the architecture's network costs: a count, or milliseconds of latency. @throws UnknownNameError */
  cost(architecture: Architecture, name: string): number;
  readonly supernet?: SupernetContext;
  /** The device for predictors that are networks; opened when first asked for. */
  engine?(): Promise<Compiler>;
  report?(event: SearchEvent): void;
}

/** Optimiser steps done and to do in the whole job; sent as often as the sender likes. */
export interface StepEvent {
  readonly kind: 'step';
  readonly done: number;
  readonly total: number;
  readonly loss?: number;
  readonly accuracy?: number;
}

export type SearchEvent =
  | StepEvent
  | {
      readonly kind: 'evaluation';
      readonly done: number;
      readonly total: number;
      readonly architecture: string;
      readonly fitness: number;
    }
  | { readonly kind: 'epoch'; readonly done: number; readonly total: number; readonly record: EpochRecord };

/** A search used out of order, or a state of another method. */
export class SearchError extends NasTransferError {
  override readonly code = 'search';
}
