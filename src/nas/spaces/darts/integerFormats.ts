import { ArchitectureError } from '../shared/architectureError.js';
import { edgesByNode, genotypeReader } from './flatFormat.js';
import {
  type Genotype,
  type GenotypeCell,
  type GenotypeEdge,
  type GenotypeOperation,
  genotypeCell,
  INPUTS,
  looseEnds,
} from './genotype.js';
import { type Literal, unexpected } from './literal.js';

/** Operations by number in the genomes of NSGA-Net (Lu et al., GECCO 2019, 1810.03522). */
const NSGANET_OPERATIONS: readonly GenotypeOperation[] = [
  'max_pool_3x3',
  'avg_pool_3x3',
  'skip_connect',
  'sep_conv_3x3',
  'sep_conv_5x5',
  'dil_conv_3x3',
  'dil_conv_5x5',
  'sep_conv_7x7',
  'conv_7x1_1x7',
];

/** The first seven, which are those of the DARTS space, are also the numbers of NASLib. */
const NASLIB_OPERATIONS = NSGANET_OPERATIONS.slice(0, 7);
const DARTS_CONCAT = [2, 3, 4, 5];

/**
 * The genome of NSGA-Net: `[op, input, op, input, ...]` for the nodes of the normal cell, then of the reduction, or nested,
 * `[[[[op, input], [op, input]], ...], [...]]`, or NASLib's `[[(input, op), ...], [...]]`. In NSGA-Net nodes without
 * outgoing edges are the output, in NASLib nodes 2 to 5.
 * @throws {ArchitectureError} with the position, got and wanted
 */
export function readIntegers(text: string, literal: Literal & { kind: 'list' }): Genotype {
  const { list, integer } = genotypeReader(text);
  const operation = (part: Literal, names: readonly GenotypeOperation[]) =>
    names[integer(part, 0, names.length - 1, `an operation (${names.join(', ')})`)];
  const edge = (op: Literal, input: Literal, to: number, names: readonly GenotypeOperation[]): GenotypeEdge => ({
    operation: operation(op, names),
    from: integer(input, 0, to - 1, `an input of node ${to}`),
    to,
  });
  const two = (part: Literal, wanted: string): readonly Literal[] => {
    const parts = list(part, wanted);
    return parts.length === 2 ? parts : unexpected(text, part.at, wanted);
  };

  if (literal.items[0]?.kind === 'number') {
    const length = literal.items.length;
    if (length % 8 !== 0)
      unexpected(text, literal.at, `four numbers for each node of two equal cells, and these are ${length}`);
    const cell = (numbers: readonly Literal[]) => {
      const nodes = numbers.length / 4;
      const edges = Array.from({ length: 2 * nodes }, (_, i) =>
        edge(numbers[2 * i], numbers[2 * i + 1], INPUTS + (i >> 1), NSGANET_OPERATIONS),
      );
      return genotypeCell(edges, looseEnds(edges, nodes));
    };
    return { normal: cell(literal.items.slice(0, length / 2)), reduction: cell(literal.items.slice(length / 2)) };
  }

  const nested = (part: Literal) => {
    const blocks = list(part, 'a list of nodes');
    const edges = blocks.flatMap((block, i) =>
      two(block, `[[op, input], [op, input]] of node ${i + INPUTS}`).map((unit) => {
        const [op, input] = two(unit, `[op, input] of node ${i + INPUTS}`);
        return edge(op, input, i + INPUTS, NSGANET_OPERATIONS);
      }),
    );
    return genotypeCell(edges, looseEnds(edges, blocks.length));
  };
  const naslib = (part: Literal) => {
    const entries = list(part, 'a list of pairs');
    if (entries.length !== 2 * DARTS_CONCAT.length)
      unexpected(text, part.at, `eight pairs (input, op), and these are ${entries.length}`);
    const edges = entries.map((entry, i) => {
      const to = INPUTS + (i >> 1);
      const [input, op] = two(entry, `(input, op) of node ${to}`);
      return edge(op, input, to, NASLIB_OPERATIONS);
    });
    return genotypeCell(edges, DARTS_CONCAT);
  };
  const cells = two(literal, 'two cells: the normal one, then the reduction');
  const first = list(cells[0], 'a cell: a list')[0];
  const inner = first?.kind === 'list' ? first.items[0] : undefined;
  const [normal, reduction] = cells.map(inner?.kind === 'list' ? nested : naslib);
  return { normal, reduction };
}

/**
 * The integers of a genotype as NSGA-Net writes them.
 * @throws {ArchitectureError} when a node does not have two edges, the output is not the nodes without outgoing edges, or an operation
 *   has no number
 */
export function formatNsganet({ normal, reduction }: Genotype): string {
  return `[${[...genome('normal', normal), ...genome('reduction', reduction)].join(', ')}]`;
}

function genome(name: string, cell: GenotypeCell): number[] {
  const nodes = edgesByNode(cell);
  const loose = looseEnds(cell.edges, nodes.length);
  const refuse = (got: string, wanted: string): never => {
    throw new ArchitectureError(`NSGA-Net genome: ${name} cell: got ${got}, wanted ${wanted}`);
  };
  if (loose.join() !== cell.concat.join())
    refuse(`output of nodes ${cell.concat.join(', ')}`, `of those without outgoing edges: ${loose.join(', ')}`);
  return nodes.flatMap((edges, i) => {
    if (edges.length !== 2) refuse(`${edges.length} edges into node ${i + INPUTS}`, '2');
    return edges.flatMap(({ operation, from }) => {
      const number = NSGANET_OPERATIONS.indexOf(operation);
      return number < 0 ? refuse(operation, `one of ${NSGANET_OPERATIONS.join(', ')}`) : [number, from];
    });
  });
}
