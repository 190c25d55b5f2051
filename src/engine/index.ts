export type { AdapterKind, AdapterSummary } from './device/adapter.js';
export { Gpu, type GpuOptions } from './device/gpu.js';
export * from './errors.js';
export { backpropagate, gradients } from './graph/autodiff.js';
export { Graph, type Node, Value } from './graph/graph.js';
export { interpret } from './graph/interpret.js';
export { type DType, type Layout, type ValueType, valueType } from './graph/types.js';
export { type Initializer, Variable, VariableSet } from './graph/variables.js';
export { BatchNorm2d } from './nn/batchNorm2d.js';
export { Conv2d } from './nn/conv2d.js';
export { DepthwiseConv2d } from './nn/depthwiseConv2d.js';
export * from './nn/initializers.js';
export { Linear } from './nn/linear.js';
export { Lstm, type LstmState } from './nn/lstm.js';
export { accumulate, assign } from './ops/accumulate.js';
export { accuracy, correctCount } from './ops/accuracy.js';
export { add } from './ops/add.js';
export { averagePool } from './ops/averagePool.js';
export { batchedMatmul } from './ops/batchedMatmul.js';
export { batchNorm } from './ops/batchNorm.js';
export { batchNormDepthwise } from './ops/batchNormDepthwise.js';
export { cast } from './ops/cast.js';
export { concat } from './ops/concat.js';
export { conv2d } from './ops/conv2d.js';
export { crossEntropy } from './ops/crossEntropy.js';
export { depthwiseConv2d } from './ops/depthwiseConv2d.js';
export { dropout, dropPath } from './ops/dropout.js';
export { flatten, reshape } from './ops/flatten.js';
export { gatherImages } from './ops/gatherImages.js';
export { gatherLabels } from './ops/gatherLabels.js';
export { globalAveragePool } from './ops/globalAveragePool.js';
export { linear } from './ops/linear.js';
export { lstmCell } from './ops/lstmCell.js';
export { matmul } from './ops/matmul.js';
export { maxPool } from './ops/maxPool.js';
export { type MixedEdge, type MixedNorm, type MixedSource, mixedEdges } from './ops/mixedEdges.js';
export { multiply } from './ops/multiply.js';
export type { Cost, KernelCall, Operation, Sample } from './ops/operation.js';
export { operations } from './ops/operations.js';
export { randomNormal, randomUniform } from './ops/random.js';
export { mean, sum, sumRows } from './ops/reduce.js';
export { relu } from './ops/relu.js';
export { scale } from './ops/scale.js';
export { shuffleChannels } from './ops/shuffleChannels.js';
export { slice } from './ops/slice.js';
export { logSoftmax, softmax } from './ops/softmax.js';
export { split } from './ops/split.js';
export { step } from './ops/step.js';
export { subsample } from './ops/subsample.js';
export { reciprocal, sigmoid, squareRoot, tanh } from './ops/unary.js';
export { scaleBy, weightedSum } from './ops/weightedSum.js';
export { Adam } from './optim/adam.js';
export { constant, cosine, linear as linearSchedule, type Schedule } from './optim/schedules.js';
export { Sgd } from './optim/sgd.js';
export { philox4x32, purposeKey } from './random/philox.js';
export { Random } from './random/random.js';
export { arenaSvg } from './runtime/arenaSvg.js';
export { type Ceilings, measureCeilings } from './runtime/ceilings.js';
export { formatDescription, formatTotals, type ProgramDescription } from './runtime/describe.js';
export { type CompileOptions, Engine, type EngineOptions } from './runtime/engine.js';
export type { HostTimes, KernelTime, Profile, ProfileOptions } from './runtime/profile.js';
export { type ProfileSummary, type SummaryRow, summariseProfile, summaryTable } from './runtime/profileSummary.js';
export type { Program } from './runtime/program.js';
export { Timeline } from './runtime/timeline.js';
export { chromeTrace, measureKernels, type Trace } from './runtime/trace.js';
export { type AppliedTuning, applyTuning } from './runtime/tuner/applied.js';
export { indexedDbStore } from './runtime/tuner/indexedDbStore.js';
export { type TuningRecord, variantsOf } from './runtime/tuner/record.js';
export {
  type LoadedTuning,
  loadTuning,
  removeTuning,
  type SavedTuning,
  saveTuning,
  type TuningStore,
} from './runtime/tuner/saved.js';
export { type Measure, measureInterleaved, type Repeatable } from './runtime/tuner/timing.js';
export { type Tuned, type TuneOptions, type Tuning, tune } from './runtime/tuner/tune.js';
