export { arenaSvg } from './arenaSvg.js';
export { timeRepetitions } from './batchTimer.js';
export { type Ceilings, measureCeilings } from './ceilings.js';
export { formatDescription, formatTotals, type ProgramDescription } from './describe.js';
export type { HostTimes, KernelTime, Profile, ProfileOptions } from './profile.js';
export { type ProfileSummary, type SummaryRow, summariseProfile, summaryTable } from './profileSummary.js';
export { chromeTrace, measureKernels, type Trace } from './trace.js';
