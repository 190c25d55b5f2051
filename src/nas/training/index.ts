export { batchesPerEpoch, sequentialBatches, shuffledBatches } from './batches.js';
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
export { DeviceImages } from './deviceImages.js';
export { InterruptedTrainingError } from './errors.js';
export { type ImageBatchSettings, imageBatch } from './imageBatch.js';
export { Metrics } from './metrics.js';
export { allocateSets, allocateState } from './ownedMemory.js';
export { PathTrainer, type PathTrainerOptions } from './pathTrainer.js';
export { type Disposable, ResourceScope } from './resourceScope.js';
export { type RunStepsOptions, runSteps, STEPS_AHEAD } from './runSteps.js';
export { learningRateOf, optimizerOf } from './schedule.js';
export { pathFeeds, SharedEvaluator, type SharedEvaluatorOptions } from './sharedEvaluator.js';
export { stepGraphs } from './stepGraphs.js';
export { stepFeed, Trainer, type TrainerOptions, type TrainingData } from './trainer.js';
export { type OnStep, TrainingLoop, type TrainingLoopOptions, type TrainingStep } from './trainingLoop.js';
export { dropPathFeed, trainingLoss } from './trainingLoss.js';
