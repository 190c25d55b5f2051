import type { Program } from '../../../engine/runtime/program.js';

/** The feed `step` of a program that draws random numbers; no feed for other programs. */
export function stepFeed(program: Program, step: number): { step?: number } {
  return program.hasFeed('step') ? { step } : {};
}
