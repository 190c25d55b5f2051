/**
 * Combinations of updates and rules that must not compile: `npm run check` fails when one of these lines has no type error.
 */
import type { ArchOptimizer, ArchUpdate, JointRule, SelfUpdatingRule, SeparateRule } from '../../../src/nas/index.js';

declare const joint: JointRule;
declare const separate: SeparateRule;
declare const selfUpdating: SelfUpdatingRule;
declare const archOptimizer: ArchOptimizer;

// Legal, so that the errors below are not those of every update.
export const legal: readonly ArchUpdate[] = [
  { kind: 'first-order', rule: separate, archOptimizer },
  { kind: 'single-level', rule: joint, archOptimizer },
  { kind: 'self', rule: selfUpdating },
];

// @ts-expect-error a rule that updates its parameters itself has no optimiser
export const twoOptimizers: ArchUpdate = { kind: 'self', rule: selfUpdating, archOptimizer };
// @ts-expect-error the other updates need an optimiser
export const noOptimizer: ArchUpdate = { kind: 'first-order', rule: joint };
// @ts-expect-error the unrolled step is not defined for separate updates
export const unrolledSeparate: ArchUpdate = { kind: 'second-order', rule: separate, archOptimizer };
// @ts-expect-error nor for a rule that may have a penalty
export const unrolledPenalty: ArchUpdate = { kind: 'second-order', rule: joint, archOptimizer };
// @ts-expect-error one batch for both updates needs a joint rule
export const singleSeparate: ArchUpdate = { kind: 'single-level', rule: separate, archOptimizer };
