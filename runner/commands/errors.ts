import { CommanderError } from 'commander';
import { NasTransferError } from '../../src/engine/errors.js';

/** A command used wrongly. */
export class UsageError extends NasTransferError {
  override readonly code = 'usage';
}

const USAGE_CODES: readonly string[] = [
  'usage',
  'architecture',
  'study',
  'source',
  'unknown-name',
  'unknown-image-set',
];

/** 0: done; 1: it failed; 2: what was asked for can't be meant (options, names, malformed studies or architectures). */
export function exitCodeOf(error: unknown): 0 | 1 | 2 {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof NasTransferError && USAGE_CODES.includes(error.code) ? 2 : 1;
}
