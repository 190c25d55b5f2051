export { drawGenotype } from './darts/draw.js';
export { formatByNode } from './darts/flatFormat.js';
export { parseGenotype } from './darts/formats.js';
export {
  GENOTYPE_OPERATIONS,
  type Genotype,
  type GenotypeCell,
  type GenotypeEdge,
  type GenotypeOperation,
  INPUTS,
  lastNode,
} from './darts/genotype.js';
export { parseSequence } from './darts/import.js';
export { formatNsganet } from './darts/integerFormats.js';
export { dartsSupernet } from './darts/supernet.js';
export { canonicalCell, isConnected } from './nasbench201/canonical.js';
export { type Cell, type CellOperation, EDGES, NODES, OPERATIONS, parseCell } from './nasbench201/cell.js';
export { nasbench201 } from './nasbench201/space.js';
export { ArchitectureError } from './shared/architectureError.js';
export type { NetworkCost, NetworkSettings, Space } from './shared/space.js';
export { SPACE_NAMES, spaceByName } from './spaces.js';
