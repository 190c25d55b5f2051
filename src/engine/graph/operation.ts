// The types of an operation's record, for files that define operations.
export type { Attributes, GradientContext, Operation, ReluOutput } from './graph.js';
export type { Cost, KernelCall, Lowering, Operand, ShaderConstants, TensorView, ViewOfInput } from './kernelCall.js';
export type { ReferenceTensor, Sample, SampleFill, SampleInput } from './sample.js';
