export * from './engine/index.js';
export * from './nas/index.js';
