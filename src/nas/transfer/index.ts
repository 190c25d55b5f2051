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
export { imageSetNames, type PlanContext, planStudy, type StudyPlan } from './plan.js';
export type * from './results.js';
export { candidatesOf, type SearchProblemOptions, searchProblem } from './searchProblem.js';
export { kendallTauB, RANDOM_METHOD, relativeImprovement, searchAccuracy, spread, summarise } from './statistics.js';
export { measureSearchStep, measureTrainingStep, type StepTimeOptions, type TimedSearch } from './stepTime.js';
export type { RecordOf } from './study.js';
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
export {
  checkSupernetProtocol,
  fitnessProtocol,
  parseMethodOptions,
  StudyError,
  type StudyMethod,
  type StudySource,
  type StudyTarget,
  searchProtocol,
  studyMethod,
  studySource,
  studyTarget,
  supernetProtocol,
  trainingProtocol,
} from './studyParts.js';
export { studyJsonSchema } from './studySchema.js';
export { parseStudy, type Study, type StudyJudge } from './studySpecification.js';
export { type JudgingTable, TableJudge } from './tableJudge.js';
export { targetBaseline, targetImages } from './target.js';
export {
  type BaselineTask,
  type JudgementTask,
  type SearchTask,
  type StudyTask,
  searchTask,
  type TaskContext,
  type TrainingTask,
  trainingTask,
} from './tasks.js';
