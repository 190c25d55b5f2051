export { type CompileOptions, Engine, type EngineOptions } from './engine.js';
export { Program } from './program.js';
