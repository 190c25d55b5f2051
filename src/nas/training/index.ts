export type {
  ArchOptimizer,
  ArchUpdate,
  BilevelOptions,
  FirstOrderUpdate,
  SecondOrderUpdate,
  SelfUpdate,
  SingleLevelUpdate,
} from './bilevel/bilevelOptions.js';
export { BilevelTrainer } from './bilevel/bilevelTrainer.js';
export {
  type JointRule,
  type Part,
  type RelaxedRule,
  type SelfUpdatingRule,
  type SeparateRule,
  type StepPlace,
  softmaxRows,
  softmaxRule,
  softmaxScores,
  type TracedMixture,
  type UnpenalizedRule,
} from './bilevel/relaxedRule.js';
export { batchesPerEpoch, sequentialBatches, shuffledBatches } from './loop/batches.js';
export { DeviceImages } from './loop/deviceImages.js';
export { InterruptedTrainingError } from './loop/errors.js';
export { type ImageBatchSettings, imageBatch } from './loop/imageBatch.js';
export { Metrics } from './loop/metrics.js';
export { allocateSets, allocateState, type DeviceState } from './loop/ownedMemory.js';
export { type Disposable, ResourceScope } from './loop/resourceScope.js';
export { type RunStepsOptions, runSteps, STEPS_AHEAD } from './loop/runSteps.js';
export { learningRateOf, optimizerOf } from './loop/schedule.js';
export { stepFeed } from './loop/stepFeed.js';
export { type OnStep, TrainingLoop, type TrainingLoopOptions, type TrainingStep } from './loop/trainingLoop.js';
export { stepGraphs } from './network/stepGraphs.js';
export { Trainer, type TrainerOptions, type TrainingData } from './network/trainer.js';
export { dropPathFeed, trainingLoss } from './network/trainingLoss.js';
export { PathTrainer, type PathTrainerOptions } from './paths/pathTrainer.js';
export { pathFeeds, SharedEvaluator, type SharedEvaluatorOptions } from './paths/sharedEvaluator.js';
