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
export { type CanonicalRule, canonicalCell } from './nasbench201/canonical.js';
export { type Cell, type CellOperation, EDGES, NODES, OPERATIONS, parseCell } from './nasbench201/cell.js';
export { FITNESS_PROTOCOL, SEARCH_PROTOCOL, TRAINING_PROTOCOL } from './nasbench201/protocols.js';
export { nasbench201 } from './nasbench201/space.js';
export { ArchitectureError } from './shared/architectureError.js';
export type { ArchitectureFiles } from './shared/architectureFiles.js';
export { type DotStyle, drawingDot } from './shared/dot.js';
export {
  type ArchitectureDrawing,
  type DrawnCell,
  type DrawnEdge,
  type DrawnNode,
  type DrawnOperation,
  drawingText,
  learnsNothing,
} from './shared/drawing.js';
export { type TableMixture, tableMixtures } from './shared/mixedNode.js';
export { type NetworkSettings, networkSettings } from './shared/networkSettings.js';
export type { CountedSizes, FittingSizes, QuickstartSizes, SpaceProtocols, SpaceSizes } from './shared/sizes.js';
export type {
  Choice,
  NetworkCost,
  OperationGraph,
  Relaxation,
  RelaxedTable,
  Selection,
  Space,
  TextFormat,
} from './shared/space.js';
export { DEFAULT_SPACE, registerSpace, SPACE_NAMES, spaceByName } from './spaces.js';
