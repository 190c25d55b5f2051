import { Random } from '../../../src/engine/random/random.js';
import { space } from './support.js';

/** Something to learn: how many 3x3 convolutions a cell of NAS-Bench-201 has. */
const cells = [...space.enumerate()];
const convolutions = cells.map((cell) => space.format(cell).split('nor_conv_3x3').length - 1);
const rows = new Random(1, 'rows').shuffle(cells.map((_, row) => row)).slice(0, 500);
/** Numbers of random cells, to fit on and to predict. */
export const fitRows = rows.slice(0, 200);
export const heldOut = rows.slice(200);
export const targetsOf = (chosen: readonly number[]) => chosen.map((row) => convolutions[row]);
