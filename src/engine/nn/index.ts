export { BatchNorm2d } from './batchNorm2d.js';
export { Conv2d } from './conv2d.js';
export { DepthwiseConv2d } from './depthwiseConv2d.js';
export * from './initializers.js';
export { Linear } from './linear.js';
export { Lstm, type LstmState } from './lstm.js';
