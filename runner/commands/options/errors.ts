import { CommanderError } from 'commander';
import { NasTransferError } from '../../../src/engine/errors/index.js';
import { InterruptedError } from '../../errors/errors.js';

/** A command used wrongly. */
export class UsageError extends NasTransferError {
  override readonly code = 'usage';
}

const USAGE_CODES: readonly string[] = [
  'usage',
  'architecture',
  'study',
  'source',
  'plugin',
  'unknown-name',
  'unknown-image-set',
];

/**
 * 0: success; 1: failure; 2: wrong usage (options, names, malformed studies or architectures); 130, 143: interrupted.
 */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof InterruptedError) return error.exitCode;
  return error instanceof NasTransferError && USAGE_CODES.includes(error.code) ? 2 : 1;
}

/** An error on one line, or with its stack trace (`verbose`). */
export function describeError(error: unknown, verbose: boolean): string {
  if (error instanceof InterruptedError) return error.message;
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  if (verbose) return stackOf(error);
  const expected = error instanceof NasTransferError || 'code' in error;
  return expected
    ? `error: ${error.message}`
    : `error: ${`${error.name}: ${error.message}`.replace(/\s*\n\s*/g, ' ')} (--verbose shows where)`;
}

function stackOf(error: Error): string {
  const { stack = error.message, cause } = error;
  return cause instanceof Error ? `${stack}\ncaused by ${stackOf(cause)}` : stack;
}
