import { addOperation } from './add.js';
import type { Operation } from './operation.js';
import { reluGradientOperation, reluOperation } from './relu.js';

/** Every operation of the engine. Tests, benchmarks and the table of operations go over this list. */
export const operations: readonly Operation[] = [addOperation, reluOperation, reluGradientOperation] as Operation[];
