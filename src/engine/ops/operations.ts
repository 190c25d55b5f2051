import type { Operation } from '../graph/operation.js';
import { conv2dOperation } from './conv/conv2d.js';
import { conv2dInputGradientOperation, conv2dWeightGradientOperation } from './conv/conv2dGradients.js';
import { depthwiseConv2dOperation } from './conv/depthwiseConv2d.js';
import {
  depthwiseConv2dInputGradientOperation,
  depthwiseConv2dWeightGradientOperation,
} from './conv/depthwiseConv2dGradients.js';
import { accumulateOperation, assignOperation } from './copy/accumulate.js';
import { anyOpenOperation } from './copy/anyOpen.js';
import { assembleGradientsOperation } from './copy/assembleGradients.js';
import { concatOperation } from './copy/concat.js';
import { reshapeOperation } from './copy/flatten.js';
import { shuffleChannelsOperation } from './copy/shuffleChannels.js';
import { padChannelsOperation, sliceOperation } from './copy/slice.js';
import { splitOperation } from './copy/split.js';
import { subsampleGradientOperation, subsampleOperation } from './copy/subsample.js';
import { gatherImagesOperation } from './data/gatherImages.js';
import { gatherLabelsOperation } from './data/gatherLabels.js';
import { takeGradientOperation, takeOperation } from './data/take.js';
import { addOperation } from './elementwise/add.js';
import { castOperation } from './elementwise/cast.js';
import { heavisideOperation } from './elementwise/heaviside.js';
import { multiplyOperation } from './elementwise/multiply.js';
import { reluGradientOperation, reluOperation } from './elementwise/relu.js';
import { scaleOperation } from './elementwise/scale.js';
import {
  reciprocalGradientOperation,
  reciprocalOperation,
  sigmoidGradientOperation,
  sigmoidOperation,
  squareRootGradientOperation,
  squareRootOperation,
  tanhGradientOperation,
  tanhOperation,
} from './elementwise/unary.js';
import { weightedSumOperation } from './elementwise/weightedSum.js';
import {
  weightedSumInputGradientOperation,
  weightedSumWeightGradientOperation,
} from './elementwise/weightedSumGradients.js';
import { accuracyOperation } from './loss/accuracy.js';
import { crossEntropyGradientOperation, crossEntropyOperation } from './loss/crossEntropy.js';
import { batchedMatmulOperation } from './matmul/batchedMatmul.js';
import { matmulInputGradientOperation, matmulOperation, matmulWeightGradientOperation } from './matmul/matmul.js';
import { mixedEdgeSumsOperation } from './mixed/mixedEdgeSums.js';
import { mixedEdgesOperation } from './mixed/mixedEdges.js';
import {
  mixedEdgeAffineGradientsOperation,
  mixedEdgeWeightGradientOperation,
} from './mixed/mixedEdgeWeightGradients.js';
import { mixedStackGradientOperation } from './mixed/mixedStackGradient.js';
import { batchNormDepthwiseOperation, batchNormDepthwiseWeightGradientOperation } from './norm/batchNormDepthwise.js';
import {
  batchNormInferenceGradientOperation,
  batchNormInferenceOperation,
  fixedStatisticsGradientOperation,
} from './norm/batchNormInference.js';
import { updateRunningStatisticsOperation } from './norm/batchNormRunning.js';
import {
  batchNormTrainingGradientOperation,
  batchNormTrainingOperation,
  batchStatisticsGradientOperation,
} from './norm/batchNormTraining.js';
import { adamOperation } from './optim/adam.js';
import { clipCoefficientOperation, gradientNormOperation } from './optim/gradientNorm.js';
import { sgdOperation } from './optim/sgd.js';
import { averagePoolGradientOperation, averagePoolOperation } from './pool/averagePool.js';
import { globalAveragePoolGradientOperation, globalAveragePoolOperation } from './pool/globalAveragePool.js';
import { maxPoolGradientOperation, maxPoolOperation } from './pool/maxPool.js';
import { dropoutOperation, dropPathOperation } from './random/dropout.js';
import { randomNormalOperation, randomUniformOperation, randomWordsOperation } from './random/random.js';
import { lstmCellGradientOperation, lstmCellOperation } from './recurrent/lstmCell.js';
import { broadcastRowOperation, broadcastScalarOperation, sumOperation, sumRowsOperation } from './reduce/reduce.js';
import {
  logSoftmaxGradientOperation,
  logSoftmaxOperation,
  softmaxGradientOperation,
  softmaxOperation,
} from './reduce/softmax.js';

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
  heavisideOperation,
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
