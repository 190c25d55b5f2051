import { z } from 'zod';
import type { EpochRecord } from '../../records/epochRecord.js';
import type { RelaxedTable } from '../../spaces/shared/space.js';
import { limitSkips } from './skipLimit.js';
import { skipTable } from './telemetry.js';

/** Window of the moving average of eigenvalues, and the lag at which averages are compared (Zela et al. 2020, section 5.1). */
export const WINDOW = 5;

/** Options against collapse into skip connections; a method has those that apply to it. */
export const collapseOptions = {
  hessian: z
    .int()
    .min(0)
    .default(0)
    .describe(
      'epochs between measurements of the largest eigenvalue of the Hessian of the validation loss in the architecture parameters; 0: never',
    ),
  stopSkips: z
    .int()
    .min(1)
    .optional()
    .describe(
      'stops when the derived architecture has this many skip connections in its normal cell (DARTS+: 2); default: never',
    ),
  stopEigenvalue: z
    .number()
    .gt(1)
    .optional()
    .describe(
      'stops when the mean of 5 eigenvalues has grown by this factor in 5 measurements, and returns to the architecture before (DARTS-ES: 1.3); measures every epoch unless hessian is given; default: never',
    ),
  maxSkips: z
    .int()
    .min(0)
    .optional()
    .describe(
      'largest number of skip connections in the normal cell: the weakest are replaced (P-DARTS: 2); default: no limit',
    ),
};

export interface CollapseSettings {
  readonly hessian?: number;
  readonly stopSkips?: number;
  readonly stopEigenvalue?: number;
  readonly maxSkips?: number;
}

/** Whether the eigenvalue is measured after an epoch, counted from 1. */
export function measuresHessian({ hessian = 0, stopEigenvalue }: CollapseSettings, epoch: number): boolean {
  const every = hessian === 0 && stopEigenvalue !== undefined ? 1 : hessian;
  return every > 0 && epoch % every === 0;
}

/** Why a search stops early, and how many measurements of the eigenvalue back its architecture is taken from. */
export interface Stop {
  readonly reason: string;
  readonly back: number;
}

/** Whether to stop after the latest epoch; `stopSkips` is checked first. */
export function stopAfter(
  epochs: readonly EpochRecord[],
  tables: readonly RelaxedTable[],
  { stopSkips, stopEigenvalue }: CollapseSettings,
): Stop | undefined {
  const { skips = 0 } = epochs.at(-1)?.telemetry?.tables[skipTable(tables)] ?? {};
  if (stopSkips !== undefined && skips >= stopSkips)
    return { reason: `${skips} skip connections in the derived cell, stopSkips is ${stopSkips}`, back: 0 };
  if (stopEigenvalue === undefined || epochs.at(-1)?.telemetry?.eigenvalue === undefined) return undefined;
  const measured = epochs.flatMap(({ telemetry }) => telemetry?.eigenvalue ?? []);
  if (measured.length < 2 * WINDOW) return undefined;
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const before = mean(measured.slice(-2 * WINDOW, -WINDOW));
  const now = mean(measured.slice(-WINDOW));
  if (!(before > 0 && now > stopEigenvalue * before)) return undefined;
  const growth = `from ${before.toPrecision(3)} to ${now.toPrecision(3)}`;
  return {
    reason: `the largest eigenvalue of the validation Hessian grew ${growth}, by more than the factor ${stopEigenvalue}`,
    back: WINDOW,
  };
}

/** Scores from which at most `maxSkips` skip connections are derived in the table in which they are counted. */
export function cappedScores(
  tables: readonly RelaxedTable[],
  operationScores: readonly Float32Array[],
  { maxSkips }: CollapseSettings,
): readonly Float32Array[] {
  if (maxSkips === undefined) return operationScores;
  const counted = skipTable(tables);
  return operationScores.map((each, t) => (t === counted ? limitSkips(tables[t], each, maxSkips) : each));
}
