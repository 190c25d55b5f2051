import * as convolution from './adapters/convolution.js';
import * as elementwise from './adapters/elementwise.js';
import * as losses from './adapters/losses.js';
import * as matrix from './adapters/matrix.js';
import * as normalization from './adapters/normalization.js';
import * as optimizers from './adapters/optimizers.js';
import * as pooling from './adapters/pooling.js';
import * as rearrangements from './adapters/rearrangements.js';
import * as reductions from './adapters/reductions.js';
import * as shapes from './adapters/shapes.js';
import * as softmax from './adapters/softmax.js';
import type { Adapter } from './call.js';

/** ONNX operators in terms of the engine's operations. */
export const engineAdapters: Readonly<Record<string, Adapter>> = {
  Adam: optimizers.adam,
  Add: elementwise.addition,
  AveragePool: pooling.average,
  BatchNormalization: normalization.batch,
  Concat: shapes.concat,
  Conv: convolution.conv,
  ConvTranspose: convolution.convTranspose,
  Dropout: elementwise.dropout,
  Flatten: shapes.flatten,
  Gemm: matrix.gemm,
  GlobalAveragePool: pooling.globalAverage,
  GlobalMaxPool: pooling.globalMax,
  InstanceNormalization: normalization.instance,
  LogSoftmax: softmax.logarithm,
  MatMul: matrix.matMul,
  MaxPool: pooling.max,
  MaxUnpool: pooling.unpool,
  Mean: elementwise.mean,
  MeanVarianceNormalization: normalization.meanVariance,
  Momentum: optimizers.momentum,
  Mul: elementwise.product,
  Neg: elementwise.negative,
  NegativeLogLikelihoodLoss: losses.negativeLogLikelihood,
  Pad: shapes.pad,
  ReduceL2: reductions.norm,
  ReduceMean: reductions.mean,
  ReduceSum: reductions.sum,
  ReduceSumSquare: reductions.sumOfSquares,
  Relu: elementwise.relu,
  Reshape: shapes.reshape,
  Slice: shapes.slice,
  Softmax: softmax.softmax,
  SoftmaxCrossEntropyLoss: losses.softmaxCrossEntropy,
  Split: shapes.split,
  Sub: elementwise.subtraction,
  Sum: elementwise.sum,
};

/** Operators that compute nothing. */
export const hostAdapters: Readonly<Record<string, Adapter>> = {
  Constant: rearrangements.constant,
  Identity: rearrangements.identity,
  Shape: rearrangements.shape,
  Squeeze: rearrangements.squeeze,
  Transpose: rearrangements.transpose,
  Unsqueeze: rearrangements.unsqueeze,
};
