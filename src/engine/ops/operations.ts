import { accumulateOperation, assignOperation } from './accumulate.js';
import { adamOperation } from './adam.js';
import { addOperation } from './add.js';
import { assembleGradientsOperation } from './assembleGradients.js';
import { broadcastRowOperation, broadcastScalarOperation } from './broadcast.js';
import { gatherImagesOperation } from './gatherImages.js';
import { gatherLabelsOperation } from './gatherLabels.js';
import { clipCoefficientOperation, gradientNormOperation } from './gradientNorm.js';
import { multiplyOperation } from './multiply.js';
import type { Operation } from './operation.js';
import { sumOperation, sumRowsOperation } from './reduce.js';
import { reluGradientOperation, reluOperation } from './relu.js';
import { scaleOperation } from './scale.js';
import { sgdOperation } from './sgd.js';
import { weightedSumOperation, weightedSumWeightGradientOperation } from './weightedSum.js';

/** Every operation of the engine. Tests, benchmarks and the table of operations go over this list. */
export const operations: readonly Operation[] = [
  accumulateOperation,
  adamOperation,
  addOperation,
  assembleGradientsOperation,
  assignOperation,
  broadcastRowOperation,
  broadcastScalarOperation,
  clipCoefficientOperation,
  gatherImagesOperation,
  gatherLabelsOperation,
  gradientNormOperation,
  multiplyOperation,
  reluGradientOperation,
  reluOperation,
  scaleOperation,
  sgdOperation,
  sumOperation,
  sumRowsOperation,
  weightedSumOperation,
  weightedSumWeightGradientOperation,
] as Operation[];
