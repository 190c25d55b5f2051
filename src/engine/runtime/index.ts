export type { CompileOptions, Compiler } from './compiler.js';
export { Engine, type EngineOptions } from './engine.js';
export type { ProgramPlan } from './plan.js';
export { PlannedProgram } from './plannedProgram.js';
export { type PlannedMemory, PlanningEngine, type PlanningOptions } from './planningEngine.js';
export { PlanOnlyError } from './planOnlyError.js';
export type { Feeds, Program } from './program.js';
export { targetOf } from './target.js';
export type { TakenSpaces, Workspace } from './workspace.js';
