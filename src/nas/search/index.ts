export {
  type Method,
  type Problem,
  type Search,
  SearchError,
  type SearchEvent,
  type SearchLimits,
  type SearchProgress,
  type SearchState,
  type SupernetContext,
} from './method.js';
