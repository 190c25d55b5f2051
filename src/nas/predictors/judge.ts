import { AttributeError } from '../../engine/errors/errors.js';
import { Random } from '../../engine/random/random.js';
import type { Compiler } from '../../engine/runtime/compiler.js';
import { kendallTauB } from '../math/kendall.js';
import { spearman } from '../math/spearman.js';
import { spread } from '../math/spread.js';
import type { Space } from '../spaces/shared/space.js';
import type { PredictionResults } from '../tables/results.js';
import { selectRows } from './encodings.js';
import type { EncodingName, Features, Predictor } from './predictor.js';

/** A predictor to be judged, and its inputs. */
export interface Judged {
  readonly label: string;
  readonly predictor: Predictor;
  readonly options: unknown;
  readonly encoding: EncodingName;
}

/** Data that predictors are judged on. */
export interface Judging {
  readonly space: Space;
  /** All rows, in the encoding of the predictor. */
  readonly features: Features;
  /** In per cent, one for each row; rows whose accuracy is NaN are ignored. */
  readonly accuracies: Float64Array;
  /** Number of rows to fit on, sampled for every seed. */
  readonly fit: number;
  readonly seeds: readonly number[];
  engine?(): Promise<Compiler>;
  /** Aborts before a seed, and the fit of a network between its steps. */
  readonly signal?: AbortSignal;
  /** After every seed. */
  report?(done: number): void;
}

export type PredictorResult = PredictionResults['predictors'][number];

/** Largest number of points of the first seed in the results, for a scatter plot. */
const POINTS = 2000;

/**
 * How well a predictor, fitted on random rows, ranks all others: mean and deviation over the seeds of Spearman's rho and
 * Kendall's tau-b. Equal seeds sample equal rows for every predictor.
 * @throws {AttributeError} when fewer than two rows are left to rank
 * @throws the signal's reason when it aborts
 */
export async function judgePredictor(judged: Judged, judging: Judging): Promise<PredictorResult> {
  const { features, accuracies, fit, seeds, space } = judging;
  const known = Array.from(accuracies.keys()).filter((row) => !Number.isNaN(accuracies[row]));
  if (fit < 1 || fit > known.length - 2)
    throw new AttributeError(`fit: ${fit} rows, wanted 1 to ${known.length - 2}, so that two are left to rank`);
  const rows: { spearman: number; kendall: number; fitSeconds: number; predictSeconds: number }[] = [];
  let points: PredictorResult['points'] = [];
  for (const [index, seed] of seeds.entries()) {
    judging.signal?.throwIfAborted();
    const order = new Random(seed, 'rows to fit').shuffle([...known]);
    const chosen = order.slice(0, fit);
    const rest = order.slice(fit);
    const regressor = judged.predictor.create(
      { space, seed, engine: judging.engine, signal: judging.signal },
      judged.options,
    );
    try {
      const start = performance.now();
      const targets = chosen.map((row) => accuracies[row]);
      await regressor.fit(selectRows(features, chosen), targets);
      const fitted = performance.now();
      const { mean } = await regressor.predict(features);
      const end = performance.now();
      const predicted = rest.map((row) => mean[row]);
      const truth = rest.map((row) => accuracies[row]);
      // The correlation of constant predictions is undefined; it counts as 0.
      rows.push({
        spearman: spearman(predicted, truth) ?? 0,
        kendall: kendallTauB(predicted, truth) ?? 0,
        fitSeconds: (fitted - start) / 1000,
        predictSeconds: (end - fitted) / 1000,
      });
      if (index === 0) points = predicted.slice(0, POINTS).map((value, i) => [value, truth[i]] as const);
    } finally {
      regressor.dispose?.();
    }
    judging.report?.(index + 1);
  }
  const over = (name: keyof (typeof rows)[number]) => spread(rows.map((row) => row[name]));
  return {
    label: judged.label,
    encoding: judged.encoding,
    fitted: fit,
    spearman: over('spearman'),
    kendall: over('kendall'),
    fitSeconds: over('fitSeconds'),
    predictSeconds: over('predictSeconds'),
    points,
  };
}
