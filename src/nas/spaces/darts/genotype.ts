/**
 * Cells of the family of NASNet (Zoph et al. 2018), in the notation of DARTS (Liu et al. 2019, section 2.1): plain data that
 * survives JSON. Nodes 0 and 1 are the outputs of the cell before the last and of the last; every further node is the sum of
 * its incoming edges.
 */
export interface Genotype {
  readonly normal: GenotypeCell;
  readonly reduction: GenotypeCell;
}

export interface GenotypeCell {
  /** By target, then source, then operation. */
  readonly edges: readonly GenotypeEdge[];
  /** Nodes whose values are concatenated into the cell's output; ascending. */
  readonly concat: readonly number[];
}

export interface GenotypeEdge {
  readonly operation: GenotypeOperation;
  readonly from: number;
  readonly to: number;
}

/** Every operation that a network can be built of; the DARTS space has the first eight. */
export const GENOTYPE_OPERATIONS = [
  'none',
  'max_pool_3x3',
  'avg_pool_3x3',
  'skip_connect',
  'sep_conv_3x3',
  'sep_conv_5x5',
  'dil_conv_3x3',
  'dil_conv_5x5',
  'sep_conv_7x7',
  'conv_7x1_1x7',
] as const;
export type GenotypeOperation = (typeof GENOTYPE_OPERATIONS)[number];

/** The cells of a genotype. */
export const CELL_NAMES = ['normal', 'reduction'] as const;

/** Nodes of a cell that are its inputs. */
export const INPUTS = 2;

const rank = new Map(GENOTYPE_OPERATIONS.map((operation, index) => [operation as string, index]));

export function isGenotypeOperation(name: string): name is GenotypeOperation {
  return rank.has(name);
}

/**
 * A cell with edges and concat in canonical order. Unreachable nodes and edges from them are removed, as in FairDARTS (Chu et al.
 * 2020, 1911.12126); where no node is reachable, concat stays, and the cell outputs zeros.
 */
export function genotypeCell(edges: readonly GenotypeEdge[], concat: readonly number[]): GenotypeCell {
  const sorted = [...edges].sort(
    (a, b) => a.to - b.to || a.from - b.from || rank.get(a.operation)! - rank.get(b.operation)!,
  );
  const reached = new Set([0, 1]);
  const kept = sorted.filter(({ from, to }) => reached.has(from) && reached.add(to));
  const outputs = concat.filter((node) => reached.has(node));
  return { edges: kept, concat: [...(outputs.length > 0 ? outputs : concat)].sort((a, b) => a - b) };
}

/** The last node that has an edge or is part of the output; 1 where none has. */
export function lastNode({ edges, concat }: GenotypeCell): number {
  return Math.max(INPUTS - 1, ...edges.map(({ to }) => to), ...concat);
}

/** Nodes after the inputs without outgoing edges, which some spaces concatenate as the output. */
export function looseEnds(edges: readonly GenotypeEdge[], nodes: number): number[] {
  const used = new Set(edges.map(({ from }) => from));
  return Array.from({ length: nodes }, (_, i) => i + INPUTS).filter((node) => !used.has(node));
}
