export type { CompileOptions, Compiler } from './compiler.js';
export { Engine, type EngineOptions } from './engine.js';
export { type PlannedMemory, PlanningEngine, type PlanningOptions } from './planningEngine.js';
export { PlanOnlyError } from './planOnlyError.js';
export type { Feeds, Program } from './program.js';
export type { Workspace } from './workspace.js';
