import { AttributeError } from '../../../engine/errors/errors.js';
import type { Random } from '../../../engine/random/random.js';
import { ArchitectureError } from '../shared/architectureError.js';
import type { Choice } from '../shared/space.js';
import { CELL_NAMES, type Genotype, type GenotypeEdge, genotypeCell, INPUTS } from './genotype.js';
import { OPERATIONS } from './operations.js';
import { NODES } from './relaxedCell.js';

/** Operations on the edges of an architecture: all but `none`. */
const EDGE_OPERATIONS = OPERATIONS.filter((operation) => operation !== 'none');

/** Nodes that are concatenated into the output of a cell: in this space all of them. */
export const CONCAT: readonly number[] = Array.from({ length: NODES }, (_, i) => i + INPUTS);

/** Pairs of different predecessors of a node. */
function inputPairs(node: number): (readonly [number, number])[] {
  return Array.from({ length: node }, (_, second) =>
    Array.from({ length: second }, (_, first) => [first, second] as const),
  ).flat();
}

/** For every node of both cells: its two inputs, and the operation on each (Liu et al. 2019, DARTS, section 2.4). */
export const GENOTYPE_CHOICES: readonly Choice[] = CELL_NAMES.flatMap((cell) =>
  CONCAT.flatMap((node) => [
    { name: `${cell} ${node} inputs`, options: inputPairs(node).map((pair) => pair.join(',')) },
    { name: `${cell} ${node} first`, options: EDGE_OPERATIONS },
    { name: `${cell} ${node} second`, options: EDGE_OPERATIONS },
  ]),
);

/** About 1.08e18, which a double does not represent exactly. */
export const SPACE_SIZE = GENOTYPE_CHOICES.reduce((product, { options }) => product * options.length, 1);

/** @throws {AttributeError} when the decisions are too many, too few or out of range */
export function genotypeOfDecisions(decisions: readonly number[]): Genotype {
  if (decisions.length !== GENOTYPE_CHOICES.length)
    throw new AttributeError(
      `fromDecisions: got ${decisions.length} decisions, wanted one for each of ${GENOTYPE_CHOICES.length} choices`,
    );
  GENOTYPE_CHOICES.forEach(({ name, options }, choice) => {
    if (options[decisions[choice]] === undefined)
      throw new AttributeError(
        `fromDecisions: decision ${choice} (${name}) is ${decisions[choice]}, wanted a whole number from 0 to ${options.length - 1}`,
      );
  });
  const [normal, reduction] = CELL_NAMES.map((_, cell) => {
    const edges = CONCAT.flatMap((to, node): GenotypeEdge[] => {
      const [pair, ...operations] = decisions.slice(3 * (cell * NODES + node), 3 * (cell * NODES + node + 1));
      return inputPairs(to)[pair].map((from, i) => ({ operation: EDGE_OPERATIONS[operations[i]], from, to }));
    });
    return genotypeCell(edges, CONCAT);
  });
  return { normal, reduction };
}

/** @throws {ArchitectureError} when the genotype is not in the space */
export function decisionsOfGenotype(genotype: Genotype): number[] {
  return CELL_NAMES.flatMap((name) => {
    const cell = genotype[name];
    if (cell.concat.join() !== CONCAT.join())
      throw outside(name, `output of nodes ${cell.concat.join(', ')}`, `of nodes ${CONCAT.join(', ')}`);
    for (const { to } of cell.edges)
      if (!CONCAT.includes(to)) throw outside(name, `an edge into node ${to}`, `into nodes ${CONCAT.join(', ')} only`);
    return CONCAT.flatMap((node) => {
      const edges = cell.edges.filter(({ to }) => to === node);
      const froms = edges.map(({ from }) => from).sort((a, b) => a - b);
      const pair = inputPairs(node).findIndex(([a, b]) => froms.length === 2 && a === froms[0] && b === froms[1]);
      if (pair < 0)
        throw outside(name, `inputs ${froms.join(', ') || 'none'} of node ${node}`, `two different ones before it`);
      const operations = froms.map((from) => {
        const { operation } = edges.find((edge) => edge.from === from)!;
        const index = EDGE_OPERATIONS.indexOf(operation as (typeof EDGE_OPERATIONS)[number]);
        if (index < 0) throw outside(name, `operation ${operation} into node ${node}`, EDGE_OPERATIONS.join(', '));
        return index;
      });
      return [pair, ...operations];
    });
  });
}

export function outside(cell: string, got: string, wanted: string): ArchitectureError {
  return new ArchitectureError(`genotype outside the DARTS space: ${cell} cell: got ${got}, wanted ${wanted}`);
}

/** Drawn uniformly from the whole space. */
export function randomGenotype(random: Random): Genotype {
  return genotypeOfDecisions(GENOTYPE_CHOICES.map(({ options }) => random.integer(options.length)));
}

const OPEN_CHOICES = GENOTYPE_CHOICES.flatMap(({ options }, choice) => (options.length > 1 ? [choice] : []));

/** One choice, drawn uniformly from those with several options, gets another option, drawn uniformly. */
export function mutateGenotype(genotype: Genotype, random: Random): Genotype {
  const decisions = decisionsOfGenotype(genotype);
  const choice = random.choice(OPEN_CHOICES);
  const count = GENOTYPE_CHOICES[choice].options.length;
  const step = 1 + random.integer(count - 1);
  return genotypeOfDecisions(decisions.with(choice, (decisions[choice] + step) % count));
}

/** Lazily, in lexicographic order of decisions; too many to reach the end. */
export function* enumerateGenotypes(): Generator<Genotype> {
  const decisions = GENOTYPE_CHOICES.map(() => 0);
  for (;;) {
    yield genotypeOfDecisions(decisions);
    let choice = decisions.length - 1;
    while (choice >= 0 && ++decisions[choice] === GENOTYPE_CHOICES[choice].options.length) decisions[choice--] = 0;
    if (choice < 0) return;
  }
}
