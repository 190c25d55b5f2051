import type { Space } from '../shared/space.js';
import {
  decisionsOfGenotype,
  enumerateGenotypes,
  GENOTYPE_CHOICES,
  genotypeOfDecisions,
  mutateGenotype,
  randomGenotype,
  SPACE_SIZE,
} from './choices.js';
import { countGenotype } from './cost.js';
import { drawGenotype } from './drawing.js';
import { GENOTYPE_FILES } from './files.js';
import { formatByNode, formatFlat } from './flatFormat.js';
import { parseGenotype } from './formats.js';
import type { Genotype } from './genotype.js';
import { formatNsganet } from './integerFormats.js';
import { genotypeNetwork } from './network.js';
import { GRAPH_OPERATIONS, genotypeGraph } from './operationGraph.js';
import { GENOTYPE_PROTOCOLS } from './protocols.js';
import { GENOTYPE_RELAXATION } from './relaxation.js';
import { GENOTYPE_SIZES } from './sizes.js';
import { dartsSupernet } from './supernet.js';

/**
 * The space of DARTS (Liu et al. 2019, 1806.09055): a normal and a reduction cell of four nodes, each node with two inputs
 * and one of seven operations on each. Genotypes that are not of the space, such as NASNet's, can be read, counted and built too, but have no decisions.
 */
export const darts: Space<Genotype> = {
  name: 'darts',
  size: SPACE_SIZE,
  random: randomGenotype,
  mutate: mutateGenotype,
  parse: parseGenotype,
  format: formatFlat,
  formats: {
    // A list of pairs for each node, for cells whose nodes have other than two inputs.
    'by-node': { format: formatByNode },
    nsganet: { format: formatNsganet },
  },
  enumerate: enumerateGenotypes,
  choices: GENOTYPE_CHOICES,
  decisions: decisionsOfGenotype,
  fromDecisions: genotypeOfDecisions,
  graphOperations: GRAPH_OPERATIONS,
  graph: genotypeGraph,
  count: (genotype, settings) => countGenotype(genotype, settings),
  network: genotypeNetwork,
  relaxation: GENOTYPE_RELAXATION,
  supernet: dartsSupernet,
  protocols: GENOTYPE_PROTOCOLS,
  sizes: GENOTYPE_SIZES,
  regularized: true,
  draw: drawGenotype,
  files: GENOTYPE_FILES,
};
