export { ColumnTable, type RowSource, type TableFiles } from './columnTable.js';
export { numberColumns, parseTableHeader, type TableHeader } from './format.js';
export { describeMeasurement } from './measurement.js';
export { NASBENCH201_TABLE } from './nasbench201.js';
export { type TableProblemOptions, tableProblem } from './problem.js';
export { publishedRemarks } from './published.js';
export type {
  Improvement,
  PredictionResults,
  QueriesToOptimum,
  ScoreResults,
  SearchCurve,
  TableAccuracy,
  TableRunMethod,
  TableRunResults,
  TableSearch,
} from './results.js';
export { sampleSpace, sampleTable } from './sample.js';
export { SimulatedClock, type SimulatedTraining } from './simulatedClock.js';
export { reportedMeasurements, summariseTableRun, type TableRun, type TableRunSummary } from './summarise.js';
export { type CostColumn, type Measurement, type Split, type Table, TableError, type TableSeed } from './table.js';
export { searchTable, type TableSearchTask } from './tableSearch.js';
export { type TrainedRow, type TrainedTable, trainedTable } from './trainedTable.js';
