import { accumulateOperation, assignOperation } from './accumulate.js';
import { accuracyOperation } from './accuracy.js';
import { adamOperation } from './adam.js';
import { addOperation } from './add.js';
import { anyOpenOperation } from './anyOpen.js';
import { assembleGradientsOperation } from './assembleGradients.js';
import { averagePoolGradientOperation, averagePoolOperation } from './averagePool.js';
import { batchedMatmulOperation } from './batchedMatmul.js';
import { batchNormDepthwiseOperation, batchNormDepthwiseWeightGradientOperation } from './batchNormDepthwise.js';
import {
  batchNormInferenceGradientOperation,
  batchNormInferenceOperation,
  fixedStatisticsGradientOperation,
} from './batchNormInference.js';
import { updateRunningStatisticsOperation } from './batchNormRunning.js';
import {
  batchNormTrainingGradientOperation,
  batchNormTrainingOperation,
  batchStatisticsGradientOperation,
} from './batchNormTraining.js';
import { broadcastRowOperation, broadcastScalarOperation } from './broadcast.js';
import { castOperation } from './cast.js';
import { concatOperation } from './concat.js';
import { conv2dOperation } from './conv2d.js';
import { conv2dInputGradientOperation, conv2dWeightGradientOperation } from './conv2dGradients.js';
import { crossEntropyGradientOperation, crossEntropyOperation } from './crossEntropy.js';
import { depthwiseConv2dOperation } from './depthwiseConv2d.js';
import {
  depthwiseConv2dInputGradientOperation,
  depthwiseConv2dWeightGradientOperation,
} from './depthwiseConv2dGradients.js';
import { dropoutOperation, dropPathOperation } from './dropout.js';
import { reshapeOperation } from './flatten.js';
import { gatherImagesOperation } from './gatherImages.js';
import { gatherLabelsOperation } from './gatherLabels.js';
import { globalAveragePoolGradientOperation, globalAveragePoolOperation } from './globalAveragePool.js';
import { clipCoefficientOperation, gradientNormOperation } from './gradientNorm.js';
import { lstmCellGradientOperation, lstmCellOperation } from './lstmCell.js';
import { matmulInputGradientOperation, matmulOperation, matmulWeightGradientOperation } from './matmul.js';
import { maxPoolGradientOperation, maxPoolOperation } from './maxPool.js';
import { mixedEdgeSumsOperation } from './mixedEdgeSums.js';
import { mixedEdgesOperation } from './mixedEdges.js';
import { mixedEdgeAffineGradientsOperation, mixedEdgeWeightGradientOperation } from './mixedEdgeWeightGradients.js';
import { mixedStackGradientOperation } from './mixedStackGradient.js';
import { multiplyOperation } from './multiply.js';
import type { Operation } from './operation.js';
import { randomNormalOperation, randomUniformOperation, randomWordsOperation } from './random.js';
import { sumOperation, sumRowsOperation } from './reduce.js';
import { reluGradientOperation, reluOperation } from './relu.js';
import { scaleOperation } from './scale.js';
import { sgdOperation } from './sgd.js';
import { shuffleChannelsOperation } from './shuffleChannels.js';
import { padChannelsOperation, sliceOperation } from './slice.js';
import {
  logSoftmaxGradientOperation,
  logSoftmaxOperation,
  softmaxGradientOperation,
  softmaxOperation,
} from './softmax.js';
import { splitOperation } from './split.js';
import { stepOperation } from './step.js';
import { subsampleGradientOperation, subsampleOperation } from './subsample.js';
import { takeGradientOperation, takeOperation } from './take.js';
import {
  reciprocalGradientOperation,
  reciprocalOperation,
  sigmoidGradientOperation,
  sigmoidOperation,
  squareRootGradientOperation,
  squareRootOperation,
  tanhGradientOperation,
  tanhOperation,
} from './unary.js';
import { weightedSumOperation } from './weightedSum.js';
import { weightedSumInputGradientOperation, weightedSumWeightGradientOperation } from './weightedSumGradients.js';

/** Every operation of the engine. Tests, benchmarks and the table of operations go over this list. */
export const operations: readonly Operation[] = [
  accumulateOperation,
  accuracyOperation,
  adamOperation,
  addOperation,
  anyOpenOperation,
  assembleGradientsOperation,
  assignOperation,
  averagePoolGradientOperation,
  averagePoolOperation,
  batchedMatmulOperation,
  batchNormDepthwiseOperation,
  batchNormDepthwiseWeightGradientOperation,
  batchNormInferenceGradientOperation,
  batchNormInferenceOperation,
  batchNormTrainingGradientOperation,
  batchNormTrainingOperation,
  batchStatisticsGradientOperation,
  broadcastRowOperation,
  broadcastScalarOperation,
  castOperation,
  clipCoefficientOperation,
  concatOperation,
  conv2dInputGradientOperation,
  conv2dOperation,
  conv2dWeightGradientOperation,
  crossEntropyGradientOperation,
  crossEntropyOperation,
  depthwiseConv2dInputGradientOperation,
  depthwiseConv2dOperation,
  depthwiseConv2dWeightGradientOperation,
  dropPathOperation,
  dropoutOperation,
  fixedStatisticsGradientOperation,
  gatherImagesOperation,
  gatherLabelsOperation,
  globalAveragePoolGradientOperation,
  globalAveragePoolOperation,
  gradientNormOperation,
  logSoftmaxGradientOperation,
  logSoftmaxOperation,
  lstmCellGradientOperation,
  lstmCellOperation,
  matmulInputGradientOperation,
  matmulOperation,
  matmulWeightGradientOperation,
  maxPoolGradientOperation,
  maxPoolOperation,
  mixedEdgeAffineGradientsOperation,
  mixedEdgeSumsOperation,
  mixedEdgesOperation,
  mixedEdgeWeightGradientOperation,
  mixedStackGradientOperation,
  multiplyOperation,
  padChannelsOperation,
  randomNormalOperation,
  randomUniformOperation,
  randomWordsOperation,
  reciprocalGradientOperation,
  reciprocalOperation,
  reluGradientOperation,
  reluOperation,
  reshapeOperation,
  scaleOperation,
  sgdOperation,
  shuffleChannelsOperation,
  sigmoidGradientOperation,
  sigmoidOperation,
  sliceOperation,
  softmaxGradientOperation,
  softmaxOperation,
  splitOperation,
  squareRootGradientOperation,
  squareRootOperation,
  stepOperation,
  sumOperation,
  sumRowsOperation,
  subsampleGradientOperation,
  subsampleOperation,
  takeGradientOperation,
  takeOperation,
  tanhGradientOperation,
  tanhOperation,
  updateRunningStatisticsOperation,
  weightedSumInputGradientOperation,
  weightedSumOperation,
  weightedSumWeightGradientOperation,
] as Operation[];
