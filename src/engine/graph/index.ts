export { Graph, type Node, Value } from './graph.js';
export { interpret } from './interpret.js';
export type { VariantTable } from './kernelTarget.js';
export type { Cost, KernelCall, Operation, Sample } from './operation.js';
export { Timeline } from './timeline.js';
export { type DType, type Layout, type ValueType, valueType } from './types.js';
export { type Initializer, Variable, type VariableRole, VariableSet } from './variables.js';
