import { z } from 'zod';
import type { EpochRecord } from '../../records/epochRecord.js';
import type { RelaxedTable } from '../../spaces/shared/space.js';
import { limitSkips } from './skipLimit.js';
import { skipTable } from './telemetry.js';

/** Eigenvalues that are averaged, and how many measurements lie between the averages (Zela et al. 2020, section 5.1). */
export const WINDOW = 5;

/** Options of relaxed methods against a collapse into skip connections; a method leaves out those it can't heed. */
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
      'stops when the architecture derived has so many skip connections in its normal cell (DARTS+: 2); left out: never',
    ),
  stopEigenvalue: z
    .number()
    .gt(1)
    .optional()
    .describe(
      'stops when the mean of 5 eigenvalues has grown by this factor in 5 measurements, and goes back to the architecture before (DARTS-ES: 1.3); measures every epoch unless hessian is given; left out: never',
    ),
  maxSkips: z
    .int()
    .min(0)
    .optional()
    .describe(
      'most skip connections of the normal cell: the weakest are replaced (P-DARTS: 2); left out: as many as are strongest',
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

/** Why a search ends now, and how many measurements of the eigenvalue its architecture lies back. */
export interface Stop {
  readonly reason: string;
  readonly back: number;
}

/** What the epochs so far say by the rules that are set; `stopSkips` is looked at first. */
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

/** Strengths by which no more skip connections than `maxSkips` are derived in the table that they are counted in. */
export function cappedScores(
  tables: readonly RelaxedTable[],
  operationScores: readonly Float32Array[],
  { maxSkips }: CollapseSettings,
): readonly Float32Array[] {
  if (maxSkips === undefined) return operationScores;
  const counted = skipTable(tables);
  return operationScores.map((each, t) => (t === counted ? limitSkips(tables[t], each, maxSkips) : each));
}
