/**
 * Neural architecture search: spaces, methods, training, tables of architectures, predictors, studies.
 * @module nastransfer/nas
 */

export * from './data/index.js';
export * from './errors/index.js';
export * from './math/index.js';
export * from './methods/index.js';
export * from './networks/index.js';
export * from './predictors/index.js';
export * from './records/index.js';
export * from './schemas/index.js';
export * from './scores/index.js';
export * from './search/index.js';
export * from './spaces/index.js';
export * from './tables/index.js';
export * from './training/index.js';
export * from './transfer/index.js';
