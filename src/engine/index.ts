/**
 * The tensor engine: graphs of operations, compiled to WebGPU programs; layers, optimisers, profiles.
 * @module nastransfer/engine
 */

export * from './autodiff/index.js';
export * from './device/index.js';
export * from './errors/index.js';
export * from './graph/index.js';
export * from './kernels/index.js';
export * from './nn/index.js';
export * from './ops/index.js';
export * from './optim/index.js';
export * from './profile/index.js';
export * from './random/index.js';
export * from './runtime/index.js';
export * from './tuner/index.js';
