export { arenaSvg } from './arenaSvg.js';
export { type BatchTiming, timeRepetitions } from './batchTimer.js';
export { type CeilingOptions, type Ceilings, measureCeilings } from './ceilings.js';
export {
  type BoundMemory,
  type DispatchDescription,
  formatDescription,
  formatTotals,
  type Lifetime,
  type MemoryDescription,
  type ProgramDescription,
} from './describe.js';
export type { HostTimes, KernelTime, Profile, ProfileOptions } from './profile.js';
export { type ProfileSummary, type SummaryRow, summariseProfile, summaryTable } from './profileSummary.js';
export {
  type CompleteEvent,
  chromeTrace,
  type MetadataEvent,
  measureKernels,
  type Trace,
  type TraceEvent,
} from './trace.js';
