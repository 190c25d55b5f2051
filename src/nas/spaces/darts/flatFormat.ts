import {
  GENOTYPE_OPERATIONS,
  type Genotype,
  type GenotypeCell,
  type GenotypeEdge,
  type GenotypeOperation,
  genotypeCell,
  INPUTS,
  isGenotypeOperation,
  lastNode,
} from './genotype.js';
import { type Literal, unexpected } from './literal.js';

/** Readers of the parts that all text formats share. @param text the whole text, for error messages */
export function genotypeReader(text: string) {
  const list = (literal: Literal, wanted: string): readonly Literal[] =>
    literal.kind === 'list' ? literal.items : unexpected(text, literal.at, wanted);

  const integer = (literal: Literal, from: number, to: number, what: string): number =>
    literal.kind === 'number' && literal.value >= from && literal.value <= to
      ? literal.value
      : unexpected(text, literal.at, `${what}: a whole number from ${from} to ${to}`);

  const operation = (literal: Literal): GenotypeOperation =>
    literal.kind === 'text' && isGenotypeOperation(literal.value)
      ? literal.value
      : unexpected(text, literal.at, `an operation that networks have: ${GENOTYPE_OPERATIONS.join(', ')}`);

  const pair = (literal: Literal, to: number): GenotypeEdge => {
    const parts = list(literal, `('operation', input) of node ${to}`);
    if (parts.length !== 2) unexpected(text, literal.at, `two entries, ('operation', input) of node ${to}`);
    return { operation: operation(parts[0]), from: integer(parts[1], 0, to - 1, `an input of node ${to}`), to };
  };

  /** The larger number is the node, the smaller one its input, in either order. */
  const triple = (literal: Literal): GenotypeEdge => {
    const parts = list(literal, `('operation', node, input)`);
    if (parts.length !== 3) unexpected(text, literal.at, `three entries, ('operation', node, input), like the first`);
    const [a, b] = parts.slice(1).map((part) => integer(part, 0, MOST_NODES, 'a node'));
    if (a === b || Math.max(a, b) < INPUTS)
      unexpected(text, parts[1].at, `a node from ${INPUTS} on and an input that comes before it`);
    return { operation: operation(parts[0]), from: Math.min(a, b), to: Math.max(a, b) };
  };

  const cell = (literal: Literal, concat: Literal): GenotypeCell => {
    const entries = list(literal, 'a list of edges');
    const { edges, last } = edgesOf(literal, entries);
    const nodes = list(concat, 'a list of nodes or range(a, b)').map((node) =>
      integer(node, INPUTS, last, 'a node of the cell'),
    );
    if (new Set(nodes).size < nodes.length) unexpected(text, concat.at, 'every node once');
    if (nodes.length === 0) unexpected(text, concat.at, 'at least one node');
    return genotypeCell(edges, nodes);
  };

  function edgesOf(literal: Literal, entries: readonly Literal[]): { edges: GenotypeEdge[]; last: number } {
    const first = entries[0]?.kind === 'list' ? entries[0].items : [];
    if (first[0]?.kind === 'list' || (entries.length > 0 && first.length === 0))
      return {
        edges: entries.flatMap((node, i) =>
          list(node, `a list of edges of node ${i + INPUTS}`).map((edge) => pair(edge, i + INPUTS)),
        ),
        last: entries.length + INPUTS - 1,
      };
    if (first.length === 3 || entries.length === 0) return { edges: entries.map(triple), last: MOST_NODES };
    if (entries.length % 2 !== 0)
      unexpected(text, literal.at, `two edges for every node, and these are ${entries.length}`);
    return {
      edges: entries.map((edge, i) => pair(edge, INPUTS + (i >> 1))),
      last: entries.length / 2 + INPUTS - 1,
    };
  }

  return { list, integer, pair, cell };
}

/** An upper bound, so that a typing error does not create a huge cell. */
const MOST_NODES = 99;

const FIELDS = ['normal', 'normal_concat', 'reduce', 'reduce_concat'] as const;

/**
 * A record `Genotype(normal=..., normal_concat=..., reduce=..., reduce_concat=...)`, whose edges are pairs
 * ('operation', input), two a node, triples ('operation', node, input), or a list of pairs for each node.
 * @throws {ArchitectureError} with the position, got and wanted
 */
export function readGenotype(text: string, literal: Literal & { kind: 'record' }): Genotype {
  const [normal, normalConcat, reduction, reductionConcat] = FIELDS.map(
    (name) => literal.fields.get(name) ?? unexpected(text, literal.at, `${FIELDS.join(', ')}; ${name} is missing`),
  );
  for (const [name, { at }] of literal.fields)
    if (!(FIELDS as readonly string[]).includes(name))
      unexpected(text, at, `nothing of the name "${name}", only ${FIELDS.join(', ')}`);
  const { cell } = genotypeReader(text);
  return { normal: cell(normal, normalConcat), reduction: cell(reduction, reductionConcat) };
}

/** The incoming edges of each node, starting with the first node after the inputs. */
export function edgesByNode(cell: GenotypeCell): GenotypeEdge[][] {
  return Array.from({ length: lastNode(cell) + 1 - INPUTS }, (_, i) =>
    cell.edges.filter(({ to }) => to === i + INPUTS),
  );
}

function hasPairs(cell: GenotypeCell): boolean {
  return edgesByNode(cell).every((edges) => edges.length === 2);
}

function wrap({ normal, reduction }: Genotype, edges: (cell: GenotypeCell) => string): string {
  const concat = (cell: GenotypeCell) => `[${cell.concat.join(', ')}]`;
  return (
    `Genotype(normal=[${edges(normal)}], normal_concat=${concat(normal)}, ` +
    `reduce=[${edges(reduction)}], reduce_concat=${concat(reduction)})`
  );
}

const pairText = ({ operation, from }: GenotypeEdge) => `('${operation}', ${from})`;

/**
 * The canonical text: pairs as DARTS prints them where every node has two edges, else triples ('operation', node, input) as
 * FairDARTS prints them (Chu et al. 2020).
 */
export function formatFlat(genotype: Genotype): string {
  const triple = ({ operation, from, to }: GenotypeEdge) => `('${operation}', ${to}, ${from})`;
  const edgeText = hasPairs(genotype.normal) && hasPairs(genotype.reduction) ? pairText : triple;
  return wrap(genotype, ({ edges }) => edges.map(edgeText).join(', '));
}

/** The text with a list of pairs for each node, which may have any number of edges. */
export function formatByNode(genotype: Genotype): string {
  return wrap(genotype, (cell) =>
    edgesByNode(cell)
      .map((edges) => `[${edges.map(pairText).join(', ')}]`)
      .join(', '),
  );
}
