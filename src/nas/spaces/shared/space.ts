import type { Random } from '../../../engine/random/random.js';
import type { Classifier, Supernet, SupernetOptions } from '../../networks/classifier.js';
import type { ArchitectureFiles } from './architectureFiles.js';
import type { ArchitectureDrawing } from './drawing.js';
import type { NetworkSettings } from './networkSettings.js';
import type { SpaceProtocols, SpaceSizes } from './sizes.js';

/** Cost of a network; operations are counted for one image. */
export interface NetworkCost {
  readonly parameters: number;
  /** Multiply-accumulates of convolutions and linear layers. */
  readonly multiplyAdds: number;
  /** Millions of operations, counted as the space's paper counts them. */
  readonly mflops: number;
}

/** One of the decisions that define an architecture. */
export interface Choice {
  readonly name: string;
  readonly options: readonly string[];
}

/** An architecture as a graph with an operation on every node; node 0 is the input, the last one the output. */
export interface OperationGraph {
  /** Indices into the space's `graphOperations`, one for each node. */
  readonly operations: readonly number[];
  /** Pairs of nodes, from and to; from is the lower. */
  readonly edges: readonly (readonly [number, number])[];
}

/** One table of candidates: the operations on the edges of all cells of a kind. */
export interface RelaxedTable {
  /** Also the name of its architecture parameters, [edges, operations]. */
  readonly name: string;
  /** Source and target of every edge; sources have lower numbers. */
  readonly edges: readonly (readonly [number, number])[];
  readonly operations: readonly string[];
  /** Incoming edges of a node that an architecture keeps, each with one operation other than `none`; absent: it keeps all, also with `none`. */
  readonly kept?: number;
  /** Skip connections are counted and limited in this table; absent in all of them: in the first. */
  readonly limitsSkips?: boolean;
}

/** For every table, for every edge, the operations on it, as indices; empty where the architecture has no such edge. */
export type Selection = readonly (readonly (readonly number[])[])[];

/** The continuous relaxation of a space: how its architectures are parts of its supernet. */
export interface Relaxation<Architecture = unknown> {
  readonly tables: readonly RelaxedTable[];
  /** The architecture with the selected candidates. */
  architecture(selection: Selection): Architecture;
  /** The candidates of an architecture. @throws {ArchitectureError} when the tables lack one */
  selection(architecture: Architecture): Selection;
}

/** A way to write an architecture. */
export interface TextFormat<Architecture = unknown> {
  /** @throws {ArchitectureError} when the format cannot express the architecture */
  format(architecture: Architecture): string;
}

/** A search space: its architectures are plain JSON data, each with one canonical text. */
export interface Space<Architecture = unknown> {
  readonly name: string;
  readonly size: number;
  random(random: Random): Architecture;
  /** A neighbour that differs in one choice; never the architecture itself. */
  mutate(architecture: Architecture, random: Random): Architecture;
  /** @throws {ArchitectureError} with position, got and wanted, when the text is no architecture */
  parse(text: string): Architecture;
  format(architecture: Architecture): string;
  /** Other texts of an architecture, by the name of the format, for programs that read them; `parse` reads each of them. */
  readonly formats?: Readonly<Record<string, TextFormat<Architecture>>>;
  enumerate(): Iterable<Architecture>;
  /** The decisions that define an architecture; every combination of options is an architecture. */
  readonly choices: readonly Choice[];
  /** The option chosen in every decision, as an index. */
  decisions(architecture: Architecture): readonly number[];
  /** The inverse of `decisions`. @throws {AttributeError} when they are too many, too few or out of range */
  fromDecisions(decisions: readonly number[]): Architecture;
  /** Names of the operations on the nodes of `graph`; the first is the input, the second the output. */
  readonly graphOperations: readonly string[];
  graph(architecture: Architecture): OperationGraph;
  count(architecture: Architecture, settings: NetworkSettings): NetworkCost;
  /** The network of an architecture; its variables are not allocated yet. */
  network(architecture: Architecture, settings: NetworkSettings): Classifier;
  readonly relaxation: Relaxation<Architecture>;
  /** The network of all architectures at once, mixed by architecture parameters. */
  supernet(settings: NetworkSettings, options: SupernetOptions): Supernet;
  /** Published ways of training its networks. */
  readonly protocols: SpaceProtocols;
  readonly sizes: SpaceSizes;
  /** True: its networks have drop path and an auxiliary classifier (`Classifier.train`). */
  readonly regularized?: boolean;
  draw(architecture: Architecture): ArchitectureDrawing;
  /** Reads files of architectures by name, in formats of other projects. */
  readonly files?: ArchitectureFiles<Architecture>;
  /** The text of the architecture whose cell is a residual block: a reference level in tables. */
  readonly resnet?: string;
}
