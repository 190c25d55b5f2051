import { Random } from '../../../../src/engine/random/random.js';
import {
  GENOTYPE_OPERATIONS,
  type Genotype,
  type GenotypeCell,
  type GenotypeOperation,
} from '../../../../src/nas/spaces/darts/genotype.js';

/** A cell as papers print it: operation and source, two per node from node 2 on. */
export function cellOf(pairs: readonly (readonly [string, number])[], concat: readonly number[]): GenotypeCell {
  const edges = pairs.map(([operation, from], index) => ({
    operation: operation as GenotypeOperation,
    from,
    to: 2 + (index >> 1),
  }));
  return { edges, concat };
}

/** A cell of any operations whose nodes have none to three edges, with all nodes or some as output. */
function anyCell(random: Random): GenotypeCell {
  const nodes = 2 + random.integer(4);
  const edges = Array.from({ length: nodes }, (_, node) =>
    Array.from({ length: random.integer(4) }, () => ({
      operation: GENOTYPE_OPERATIONS[random.integer(GENOTYPE_OPERATIONS.length)],
      from: random.integer(node + 2),
      to: node + 2,
    })),
  ).flat();
  const concat = Array.from({ length: nodes }, (_, node) => node + 2).filter(
    (node) => node === nodes + 1 || random.uniform() < 0.7,
  );
  return { edges, concat };
}

export function anyGenotype(seed: number): Genotype {
  const random = new Random(seed, 'genotypes');
  return { normal: anyCell(random), reduction: anyCell(random) };
}
