export { backpropagate, gradients } from './autodiff/autodiff.js';
export type { AdapterKind, AdapterSummary } from './device/adapter.js';
export { Gpu, type GpuOptions } from './device/gpu.js';
export * from './errors/errors.js';
export { Graph, type Node, Value } from './graph/graph.js';
export { interpret } from './graph/interpret.js';
export type { Cost, KernelCall, Operation, Sample } from './graph/operation.js';
export { Timeline } from './graph/timeline.js';
export { type DType, type Layout, type ValueType, valueType } from './graph/types.js';
export { type Initializer, Variable, VariableSet } from './graph/variables.js';
export { BatchNorm2d } from './nn/batchNorm2d.js';
export { Conv2d } from './nn/conv2d.js';
export { DepthwiseConv2d } from './nn/depthwiseConv2d.js';
export * from './nn/initializers.js';
export { Linear } from './nn/linear.js';
export { Lstm, type LstmState } from './nn/lstm.js';
export { conv2d } from './ops/conv/conv2d.js';
export { depthwiseConv2d } from './ops/conv/depthwiseConv2d.js';
export { accumulate, assign } from './ops/copy/accumulate.js';
export { concat } from './ops/copy/concat.js';
export { flatten, reshape } from './ops/copy/flatten.js';
export { shuffleChannels } from './ops/copy/shuffleChannels.js';
export { slice } from './ops/copy/slice.js';
export { split } from './ops/copy/split.js';
export { subsample } from './ops/copy/subsample.js';
export { gatherImages } from './ops/data/gatherImages.js';
export { gatherLabels } from './ops/data/gatherLabels.js';
export { add } from './ops/elementwise/add.js';
export { cast } from './ops/elementwise/cast.js';
export { multiply } from './ops/elementwise/multiply.js';
export { relu } from './ops/elementwise/relu.js';
export { scale } from './ops/elementwise/scale.js';
export { step } from './ops/elementwise/step.js';
export { reciprocal, sigmoid, squareRoot, tanh } from './ops/elementwise/unary.js';
export { scaleBy, weightedSum } from './ops/elementwise/weightedSum.js';
export { accuracy, correctCount } from './ops/loss/accuracy.js';
export { crossEntropy } from './ops/loss/crossEntropy.js';
export { batchedMatmul } from './ops/matmul/batchedMatmul.js';
export { linear } from './ops/matmul/linear.js';
export { matmul } from './ops/matmul/matmul.js';
export { type MixedEdge, type MixedNorm, type MixedSource, mixedEdges } from './ops/mixed/mixedEdges.js';
export { batchNorm } from './ops/norm/batchNorm.js';
export { batchNormDepthwise } from './ops/norm/batchNormDepthwise.js';
export { operations } from './ops/operations.js';
export { averagePool } from './ops/pool/averagePool.js';
export { globalAveragePool } from './ops/pool/globalAveragePool.js';
export { maxPool } from './ops/pool/maxPool.js';
export { dropout, dropPath } from './ops/random/dropout.js';
export { randomNormal, randomUniform } from './ops/random/random.js';
export { lstmCell } from './ops/recurrent/lstmCell.js';
export { mean, sum, sumRows } from './ops/reduce/reduce.js';
export { logSoftmax, softmax } from './ops/reduce/softmax.js';
export { Adam } from './optim/adam.js';
export { constant, cosine, linear as linearSchedule, type Schedule } from './optim/schedules.js';
export { Sgd } from './optim/sgd.js';
export { arenaSvg } from './profile/arenaSvg.js';
export { type Ceilings, measureCeilings } from './profile/ceilings.js';
export { formatDescription, formatTotals, type ProgramDescription } from './profile/describe.js';
export type { HostTimes, KernelTime, Profile, ProfileOptions } from './profile/profile.js';
export { type ProfileSummary, type SummaryRow, summariseProfile, summaryTable } from './profile/profileSummary.js';
export { chromeTrace, measureKernels, type Trace } from './profile/trace.js';
export { philox4x32, purposeKey } from './random/philox.js';
export { Random } from './random/random.js';
export { type CompileOptions, Engine, type EngineOptions } from './runtime/engine.js';
export type { Program } from './runtime/program.js';
export { type AppliedTuning, applyTuning } from './tuner/applied.js';
export { indexedDbStore } from './tuner/indexedDbStore.js';
export { type TuningRecord, variantsOf } from './tuner/record.js';
export {
  type LoadedTuning,
  loadTuning,
  removeTuning,
  type SavedTuning,
  saveTuning,
  type TuningStore,
} from './tuner/saved.js';
export { type Measure, measureInterleaved, type Repeatable } from './tuner/timing.js';
export { type Tuned, type TuneOptions, type Tuning, tune } from './tuner/tune.js';
