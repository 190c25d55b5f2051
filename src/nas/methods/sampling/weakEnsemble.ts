import { Random } from '../../../engine/random/random.js';
import { selectRows } from '../../predictors/encodings.js';
import type { Features, Prediction, Predictor, Regressor } from '../../predictors/predictor.js';
import { SearchError } from '../../search/errors.js';
import type { Problem } from '../../search/problem.js';

/**
 * Predictors of one kind with different seeds, refitted every round. The objects are reused, so that networks keep their compiled
 * programs; predictions depend only on the rows of the last fit.
 */
export class WeakEnsemble {
  private members?: readonly Regressor[];

  constructor(
    private readonly problem: Problem,
    private readonly predictor: Predictor,
    private readonly options: unknown,
    private readonly size: number,
  ) {}

  /** @returns predictions of every member for all `features` after fitting on some `rows` of them */
  async predict(features: Features, rows: readonly number[], targets: readonly number[]): Promise<Prediction[]> {
    const { space, seed, engine, signal } = this.problem;
    this.members ??= Array.from({ length: this.size }, (_, member) =>
      this.predictor.create(
        { space, seed: new Random(seed, `weak predictor ${member}`).uint32(), engine, signal },
        this.options,
      ),
    );
    const known = selectRows(features, rows);
    const predictions: Prediction[] = [];
    for (const member of this.members) {
      signal?.throwIfAborted();
      await member.fit(known, targets);
      predictions.push(await member.predict(features));
    }
    return predictions;
  }

  dispose(): void {
    for (const member of this.members ?? []) member.dispose?.();
    this.members = undefined;
  }
}

/** Mean of an ensemble. */
export function meanOf(predictions: readonly Prediction[]): Float64Array {
  const [first] = predictions;
  if (predictions.length === 1) return first.mean;
  return first.mean.map((_, i) => predictions.reduce((sum, { mean }) => sum + mean[i], 0) / predictions.length);
}

/**
 * Deviation of an ensemble over its members, divided by their number, as published; of one predictor, its own.
 * @param name of the predictor
 * @throws {SearchError} when a single predictor has none
 */
export function deviationOf(predictions: readonly Prediction[], name: string): Float64Array {
  const count = predictions.length;
  if (count === 1) {
    const { deviation } = predictions[0];
    if (deviation) return deviation;
    throw new SearchError(
      `weaknas: ${name} predicts no deviation; set ensemble to 2 or more, or acquisition to uniform-top`,
    );
  }
  return meanOf(predictions).map((center, i) => {
    const squares = predictions.reduce((sum, { mean }) => sum + (mean[i] - center) ** 2, 0);
    return Math.sqrt(squares / count) / count;
  });
}
