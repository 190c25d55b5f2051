export { METHOD_NAMES, methodByName, registerMethod } from './methods.js';
export { archOptimizerOf, archOptions, batchNormOptions, supernetOf } from './relaxed/archOptions.js';
export { type CollapseSettings, collapseOptions } from './relaxed/collapse.js';
export { type RelaxedSettings, relaxedSearch } from './relaxed/relaxedSearch.js';
export type { Stage, StageEnd, StageParts, TrainedSupernet } from './relaxed/stages.js';
export {
  type Evaluation,
  fittest,
  type Proposal,
  type SamplingSettings,
  samplingSearch,
} from './sampling/samplingSearch.js';
export { deriveArchitecture, deriveSelection } from './shared/derivation.js';
export { memoryOptions } from './shared/memoryOptions.js';
export { drawUnseen } from './shared/unseen.js';
export {
  type SharedParts,
  type SharedSettings,
  type SharedState,
  type SharedWork,
  sharedWeightsSearch,
} from './sharedWeights/sharedWeightsSearch.js';
