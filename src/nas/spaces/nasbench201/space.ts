import type { Space } from '../shared/space.js';
import { type Cell, EDGES, enumerateCells, formatCell, mutateCell, OPERATIONS, parseCell, randomCell } from './cell.js';
import { CELL_CHOICES, CELL_RELAXATION, cellGraph, cellOfDecisions, GRAPH_OPERATIONS } from './choices.js';
import { countCell } from './cost.js';
import { cellNetwork } from './network.js';
import { cellSupernet } from './supernet.js';

export const nasbench201: Space<Cell> = {
  name: 'nasbench201',
  size: OPERATIONS.length ** EDGES.length,
  random: randomCell,
  mutate: mutateCell,
  parse: parseCell,
  format: formatCell,
  enumerate: enumerateCells,
  choices: CELL_CHOICES,
  decisions: (cell) => cell,
  fromDecisions: cellOfDecisions,
  graphOperations: GRAPH_OPERATIONS,
  graph: cellGraph,
  count: countCell,
  network: cellNetwork,
  relaxation: CELL_RELAXATION,
  supernet: cellSupernet,
};
