export { DataError, SourceError } from './data/errors.js';
export type { ImageSet, ImageSplit } from './data/imageSet.js';
export { chanceAccuracy, linearClassifierAccuracy } from './data/linear.js';
export { subset, validationSplit } from './data/selection.js';
export { formatSource, parseSource, SOURCE_RULES, type SourceSpecification } from './data/sourceSpecification.js';
export { makeSource, type Source } from './data/sources.js';
export { channelStatistics, classCounts } from './data/statistics.js';
export { fitImages, type ImageShape } from './data/transform.js';
export { UnknownNameError } from './errors/errors.js';
export { crowdingDistance, dominates, hypervolume, nonDominatedSort, paretoFront } from './math/pareto.js';
export { spearman } from './math/spearman.js';
export { METHOD_NAMES, methodByName } from './methods/methods.js';
export type { Classifier, NetworkMode, Supernet, SupernetOptions } from './networks/classifier.js';
export { type GraphShape, graphShape } from './predictors/adjacency.js';
export { ENCODING_NAMES, encode, encodeSpace, selectRows, withColumns } from './predictors/encodings.js';
export { PredictorError } from './predictors/errors.js';
export { type Judged, type Judging, judgePredictor, type PredictorResult } from './predictors/judge.js';
export type {
  EncodingName,
  Features,
  Prediction,
  Predictor,
  PredictorContext,
  Regressor,
} from './predictors/predictor.js';
export { PREDICTOR_NAMES, predictorByName } from './predictors/predictors.js';
export type { Protocol } from './records/protocol.js';
export type { Score, ScoreContext } from './scores/score.js';
export { SCORE_NAMES, scoreByName } from './scores/scores.js';
export {
  type Method,
  type Problem,
  type Search,
  SearchError,
  type SearchEvent,
  type SearchProgress,
  type SearchState,
  type SupernetContext,
} from './search/method.js';
export { drawGenotype } from './spaces/darts/draw.js';
export { formatByNode } from './spaces/darts/flatFormat.js';
export { GENOTYPE_OPERATIONS, type Genotype, type GenotypeCell, type GenotypeEdge } from './spaces/darts/genotype.js';
export { parseSequence } from './spaces/darts/import.js';
export { formatNsganet } from './spaces/darts/integerFormats.js';
export { canonicalCell, isConnected } from './spaces/nasbench201/canonical.js';
export { ArchitectureError } from './spaces/shared/architectureError.js';
export type { NetworkCost, NetworkSettings, Space } from './spaces/shared/space.js';
export { SPACE_NAMES, spaceByName } from './spaces/spaces.js';
export { ColumnTable, type RowSource, type TableFiles } from './tables/columnTable.js';
export { parseTableHeader, type TableHeader } from './tables/format.js';
export { describeMeasurement } from './tables/measurement.js';
export { NASBENCH201_TABLE } from './tables/nasbench201.js';
export { type TableProblemOptions, tableProblem } from './tables/problem.js';
export { SimulatedClock, type SimulatedTraining } from './tables/simulatedClock.js';
export { reportedMeasurements, summariseTableRun, type TableRun, type TableRunSummary } from './tables/summarise.js';
export {
  type CostColumn,
  type Measurement,
  type Split,
  type Table,
  TableError,
  type TableSeed,
} from './tables/table.js';
export { searchTable, type TableSearchTask } from './tables/tableSearch.js';
export { BilevelTrainer } from './training/bilevel.js';
export { Trainer, type TrainerOptions, type TrainingData } from './training/trainer.js';
export type { FittedWork, FittingFacts } from './transfer/fittingNetworks.js';
export { type FittedProtocol, fittingProtocol } from './transfer/fittingProtocol.js';
export { fingerprint } from './transfer/jobHash.js';
export {
  type MemoryPrediction,
  memoryRemedies,
  type PredictionOptions,
  predictMemory,
  type Remedy,
} from './transfer/memoryPrediction.js';
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
} from './transfer/plan.js';
export {
  FITNESS_PROTOCOL,
  type ProtocolOverrides,
  protocolsOf,
  SEARCH_PROTOCOL,
  type SpaceProtocols,
  TRAINING_PROTOCOL,
  withOverrides,
} from './transfer/protocols.js';
export type * from './transfer/results.js';
export { kendallTauB, relativeImprovement, spread, summarise } from './transfer/statistics.js';
export {
  measureSearchStep,
  measureTrainingStep,
  type StepTimeOptions,
  type TimedSearch,
} from './transfer/stepTime.js';
export {
  type Executors,
  type JobRecord,
  type JobStore,
  runStudy,
  type StepTime,
  type StudyEvent,
  type StudyProvenance,
  type StudyRun,
  type TrainingEvent,
} from './transfer/study.js';
export {
  parseMethodOptions,
  parseStudy,
  type Study,
  StudyError,
  type StudyJudge,
  type StudyTarget,
  studyJsonSchema,
} from './transfer/studySpecification.js';
export { type JudgingTable, TableJudge } from './transfer/tableJudge.js';
export { targetBaseline, targetImages } from './transfer/target.js';
