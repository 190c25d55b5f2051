export { SearchError } from './errors.js';
export {
  type EpochEvent,
  type EvaluationEvent,
  inPhase,
  type PhaseEvent,
  type SearchEvent,
  type StepEvent,
} from './events.js';
export type { Method, Needs, Search, SearchProgress, SearchState } from './method.js';
export type { EvaluationRequest, EvaluationResult, Problem, SearchLimits, SupernetContext } from './problem.js';
