import { ArchitectureError } from '../shared/architectureError.js';
import {
  type Genotype,
  type GenotypeCell,
  type GenotypeEdge,
  type GenotypeOperation,
  genotypeCell,
  INPUTS,
  isGenotypeOperation,
  looseEnds,
} from './genotype.js';

/**
 * Operations by number in the sequences of NAO (Luo et al. 2018, 1808.07233); ENAS (Pham et al. 2018, 1802.03268) has the first
 * five. The asymmetric convolutions of NAO have batch norm and ReLU in the middle, unlike NASNet's.
 */
const SEQUENCE_OPERATIONS = [
  'sep_conv_3x3',
  'sep_conv_5x5',
  'avg_pool_3x3',
  'max_pool_3x3',
  'skip_connect',
  'skip_connect',
  'conv_1x1',
  'conv_3x3',
  'conv_1x3_bn_3x1',
  'conv_1x7_bn_7x1',
  'max_pool_2x2',
  'max_pool_3x3',
  'max_pool_5x5',
  'avg_pool_2x2',
  'avg_pool_3x3',
  'avg_pool_5x5',
] as const;

/** Numbers for each node: input, operation, input, operation. */
const STEP = 4;

/**
 * A sequence of ENAS or NAO: `input operation input operation` for every node of the normal cell, then as many of the reduction;
 * nodes without outgoing edges are the output.
 * @throws {ArchitectureError} when the text has another form, or naming all operations that are not implemented
 */
export function parseSequence(text: string): Genotype {
  const words = text.trim().split(/\s+/);
  if (words.length % (2 * STEP) !== 0)
    throw new ArchitectureError(
      `sequence: got ${words.length} numbers, wanted four for each node of two equal cells (40 for five nodes)`,
    );
  const missing = new Set<string>();
  const edges = words.flatMap((_, at): Omit<GenotypeEdge, 'to'>[] => {
    if (at % 2 !== 0) return [];
    const node = INPUTS + Math.floor((at % (words.length / 2)) / STEP);
    const from = numberAt(words, at, node - 1, `an input of node ${node}`);
    const name = SEQUENCE_OPERATIONS[numberAt(words, at + 1, SEQUENCE_OPERATIONS.length - 1, 'an operation')];
    if (!isGenotypeOperation(name)) missing.add(name);
    return [{ operation: name as GenotypeOperation, from }];
  });
  if (missing.size > 0)
    throw new ArchitectureError(
      `sequence: networks here lack the operations ${[...missing].sort().join(', ')}: the architecture can't be built`,
    );
  const half = edges.length / 2;
  return { normal: cellOf('normal', edges.slice(0, half)), reduction: cellOf('reduction', edges.slice(half)) };
}

function numberAt(words: readonly string[], at: number, limit: number, what: string): number {
  const value = Number(words[at]);
  if (!/^\d+$/.test(words[at]) || value > limit)
    throw new ArchitectureError(`sequence: number ${at}: got "${words[at]}", wanted ${what}: 0 to ${limit}`);
  return value;
}

function cellOf(name: string, edges: readonly Omit<GenotypeEdge, 'to'>[]): GenotypeCell {
  const placed = edges.map((edge, i) => ({ ...edge, to: INPUTS + (i >> 1) }));
  // Those systems would concatenate an unused input into the output.
  for (let input = 0; input < INPUTS; input++)
    if (!placed.some(({ from }) => from === input))
      throw new ArchitectureError(`sequence: ${name} cell: no node takes input ${input}, wanted both inputs taken`);
  return genotypeCell(placed, looseEnds(placed, edges.length / 2));
}
