export { METHOD_NAMES, methodByName, registerMethod } from './methods.js';
export {
  type Evaluation,
  fittest,
  type Proposal,
  type SamplingSettings,
  samplingSearch,
} from './shared/samplingSearch.js';
