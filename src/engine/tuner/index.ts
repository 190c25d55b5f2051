export { type AppliedTuning, applyTuning } from './applied.js';
export { indexedDbStore } from './indexedDbStore.js';
export { type TuningRecord, tableDigest, variantsOf } from './record.js';
export {
  type LoadedTuning,
  loadTuning,
  removeTuning,
  type SavedTuning,
  saveTuning,
  type TuningIdentity,
  type TuningStore,
} from './saved.js';
export { type Measure, measureInterleaved, type Repeatable } from './timing.js';
export { type Tuned, type TuneOptions, type Tuning, tune } from './tune.js';
