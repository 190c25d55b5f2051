export { createExecutors, type ExecutorOptions } from './executors.js';
export type { FittedWork, FittingFacts } from './fittingNetworks.js';
export { type FittedProtocol, fittingProtocol } from './fittingProtocol.js';
export { fingerprint, jobHash } from './jobHash.js';
export {
  type MemoryPrediction,
  memoryRemedies,
  type PredictionOptions,
  predictMemory,
  type Remedy,
} from './memoryPrediction.js';
export {
  type BaselineTask,
  imageSetNames,
  type JudgementTask,
  type PlanContext,
  planStudy,
  type SearchTask,
  type StudyPlan,
  type StudyTask,
  type TrainingTask,
} from './plan.js';
export type * from './results.js';
export { candidatesOf } from './searchProblem.js';
export { kendallTauB, RANDOM_METHOD, relativeImprovement, searchAccuracy, spread, summarise } from './statistics.js';
export { measureSearchStep, measureTrainingStep, type StepTimeOptions, type TimedSearch } from './stepTime.js';
export {
  type BaselineOutcome,
  completeJob,
  type Executors,
  type JobRecord,
  type JobStore,
  runStudy,
  type StepTime,
  type StudyEvent,
  type StudyProvenance,
  type StudyRun,
  type TrainingEvent,
} from './study.js';
export { studyJsonSchema } from './studySchema.js';
export {
  parseMethodOptions,
  parseStudy,
  type Study,
  StudyError,
  type StudyJudge,
  type StudyTarget,
} from './studySpecification.js';
export { type JudgingTable, TableJudge } from './tableJudge.js';
export { targetBaseline, targetImages } from './target.js';
