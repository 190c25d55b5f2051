export type { EpochRecord, SearchTelemetry, TableTelemetry } from './epochRecord.js';
export type { EvaluationRecord, JudgementOutcome, ParetoPoint, SearchOutcome, TrainingOutcome } from './outcome.js';
export type { PluginRecord } from './plugin.js';
export type { AugmentationSettings, Protocol } from './protocol.js';
export { joinOverrides, type ProtocolOverrides, protocolOverrides, withOverrides } from './protocolOverrides.js';
