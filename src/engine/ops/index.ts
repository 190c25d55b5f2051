export { conv2d } from './conv/conv2d.js';
export { type Conv2dOptions, convolutionWeightLayout } from './conv/conv2dGeometry.js';
export { depthwiseConv2d } from './conv/depthwiseConv2d.js';
export { accumulate, assign } from './copy/accumulate.js';
export { assembleGradients } from './copy/assembleGradients.js';
export { concat } from './copy/concat.js';
export { flatten, reshape } from './copy/flatten.js';
export { shuffleChannels } from './copy/shuffleChannels.js';
export { slice } from './copy/slice.js';
export { split } from './copy/split.js';
export { subsample } from './copy/subsample.js';
export { type Augmentation, type GatherImagesAttributes, gatherImages } from './data/gatherImages.js';
export { gatherLabels } from './data/gatherLabels.js';
export { NO_SAMPLE } from './data/noSample.js';
export { take } from './data/take.js';
export { add } from './elementwise/add.js';
export { cast } from './elementwise/cast.js';
export { heaviside } from './elementwise/heaviside.js';
export { multiply } from './elementwise/multiply.js';
export { relu } from './elementwise/relu.js';
export { scale } from './elementwise/scale.js';
export { reciprocal, sigmoid, squareRoot, tanh } from './elementwise/unary.js';
export { scaleBy, weightedSum } from './elementwise/weightedSum.js';
export { accuracy, correctCount } from './loss/accuracy.js';
export { crossEntropy } from './loss/crossEntropy.js';
export type { Reduction } from './loss/sampleReduction.js';
export { batchedMatmul, type Transposed } from './matmul/batchedMatmul.js';
export { linear } from './matmul/linear.js';
export { matmul, matmulTransposed } from './matmul/matmul.js';
export { type MixedEdge, type MixedNorm, type MixedSource, mixedEdges } from './mixed/mixedEdges.js';
export { type BatchNormOptions, batchNorm } from './norm/batchNorm.js';
export { batchNormDepthwise } from './norm/batchNormDepthwise.js';
export type { RunningStatistics } from './norm/batchNormRunning.js';
export type { Affine } from './norm/batchNormTraining.js';
export { operations } from './operations.js';
export { type AdamAttributes, adamUpdate } from './optim/adam.js';
export { clipCoefficient, gradientNorm } from './optim/gradientNorm.js';
export { type SgdAttributes, sgdUpdate } from './optim/sgd.js';
export { averagePool } from './pool/averagePool.js';
export { globalAveragePool } from './pool/globalAveragePool.js';
export { maxPool } from './pool/maxPool.js';
export type { PoolOptions } from './pool/poolGeometry.js';
export { type DropoutAttributes, dropout, dropPath } from './random/dropout.js';
export { type RandomAttributes, randomNormal, randomUniform, randomWords } from './random/random.js';
export { checkFloat, checkInteger, checkRange } from './record/checks.js';
export {
  checkRank,
  checkSameShape,
  elementOf,
  elementsText,
  extentUniforms,
  gridOf,
  resultType,
  trafficOnly,
  viewUniforms,
} from './record/kernelCall.js';
export { chunksOf, columnSumCalls, type RowsView, type Scratch, totalCalls } from './record/reduceCalls.js';
export { enoughInvocations, type RowChunks, rowChunks, rowLoop } from './record/rowLoop.js';
export { checkFlat, checkIntegerList, checkRows, checkScalar, checkSeed, checkShape } from './record/shapeChecks.js';
export { tolerance } from './record/tolerance.js';
export { bucketSize, chooseVariant, firstChoice, hasSubgroups } from './record/variants.js';
export { lstmCell } from './recurrent/lstmCell.js';
export { broadcastRow, broadcastScalar, mean, sum, sumRows } from './reduce/reduce.js';
export { logSoftmax, softmax } from './reduce/softmax.js';
