/**
 * The engine and the search layer together.
 * @module nastransfer
 */

export * from './engine/index.js';
export * from './nas/index.js';
