export { type Gate, Graph, type Node, type Origin, type Segment, Value } from './graph.js';
export { interpret, type Sources } from './interpret.js';
export type { KernelTarget, VariantChoice, VariantTable } from './kernelTarget.js';
export type {
  Attributes,
  Cost,
  GradientContext,
  KernelCall,
  Lowering,
  Operand,
  Operation,
  ReferenceTensor,
  ReluOutput,
  Sample,
  SampleFill,
  SampleInput,
  ShaderConstants,
  TensorView,
  ViewOfInput,
} from './operation.js';
export { type Phase, Timeline, type TimelineOptions } from './timeline.js';
export {
  channelsOf,
  type DType,
  formatType,
  type Layout,
  logicalSize,
  physicalShape,
  physicalSize,
  rowsOf,
  sameShape,
  type ValueType,
  valueType,
  vectorsPerRow,
} from './types.js';
export { type Initializer, Variable, type VariableRole, VariableSet, zeros } from './variables.js';
