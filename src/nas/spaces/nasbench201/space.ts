import type { Space } from '../shared/space.js';
import { type Cell, EDGES, enumerateCells, formatCell, mutateCell, OPERATIONS, parseCell, randomCell } from './cell.js';
import { CELL_CHOICES, CELL_RELAXATION, cellGraph, cellOfDecisions, GRAPH_OPERATIONS } from './choices.js';
import { countCell } from './cost.js';
import { drawCell } from './drawing.js';
import { cellNetwork } from './network.js';
import { CELL_PROTOCOLS } from './protocols.js';
import { CELL_SIZES } from './sizes.js';
import { cellSupernet } from './supernet.js';

/** The residual block as a cell, NAS-Bench-201's own baseline (2001.00326, section 3). */
const RESNET = '|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|';

/** The space of NAS-Bench-201 (Dong and Yang 2020, 2001.00326): a cell of four nodes, one of five operations on each of six edges. */
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
  protocols: CELL_PROTOCOLS,
  sizes: CELL_SIZES,
  draw: drawCell,
  resnet: RESNET,
};
