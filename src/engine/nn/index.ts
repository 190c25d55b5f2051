export { BatchNorm2d, type BatchNorm2dSettings, type BatchNormMode } from './batchNorm2d.js';
export { Conv2d, type Conv2dSettings } from './conv2d.js';
export { DepthwiseConv2d, type DepthwiseConv2dSettings } from './depthwiseConv2d.js';
export {
  defaultBias,
  defaultWeight,
  type Fan,
  fan,
  kaimingNormal,
  kaimingUniform,
  normal,
  ones,
  uniform,
  zeros,
} from './initializers.js';
export { Linear, type LinearSettings } from './linear.js';
export { Lstm, type LstmSettings, type LstmState } from './lstm.js';
