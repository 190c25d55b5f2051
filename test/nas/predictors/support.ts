import { readFileSync } from 'node:fs';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { encode } from '../../../src/nas/predictors/encodings.js';
import type { Features, Prediction, Regressor } from '../../../src/nas/predictors/predictor.js';
import { predictorByName } from '../../../src/nas/predictors/predictors.js';
import { spaceByName } from '../../../src/nas/spaces/spaces.js';

export const space = spaceByName('nasbench201');

export function featuresOf(rows: readonly (readonly number[])[]): Features {
  return { rows: rows.length, width: rows[0]?.length ?? 0, values: Float32Array.from(rows.flat()) };
}

export function regressor(name: string, options: unknown = {}, seed = 0, engine?: Engine): Regressor {
  const predictor = predictorByName(name);
  const device = engine ? { engine: async () => engine } : {};
  return predictor.create({ space, seed, ...device }, predictor.options.parse(options));
}

export async function fitAndPredict(
  name: string,
  options: unknown,
  data: { fit: Features; targets: ArrayLike<number>; predict: Features },
): Promise<Prediction> {
  const made = regressor(name, options);
  await made.fit(data.fit, data.targets);
  return made.predict(data.predict);
}

export function encoded(cells: readonly string[]): Features {
  return encode(
    space,
    cells.map((cell) => space.parse(cell)),
    'one-hot',
  );
}

interface GoldenKernel {
  readonly mean: number[];
  readonly deviation: number[];
  readonly likeliestLogLikelihood: number;
  readonly likeliestMean: number[];
}

/** From scikit-learn, by golden/make.py. */
export const golden = JSON.parse(readFileSync(new URL('golden/predictors.json', import.meta.url), 'utf8')) as {
  readonly train: number[][];
  readonly targets: number[];
  readonly test: number[][];
  readonly trees: readonly {
    readonly columns: number;
    readonly depth: number;
    readonly minLeaf: number;
    readonly fitted: number[];
    readonly mean: number[] | null;
  }[];
  readonly boosting: { rounds: number; learningRate: number; depth: number; lambda: number; mean: number[] };
  readonly knn: readonly { neighbours: number; weights: string; mean: number[] }[];
  readonly bayesianLinear: { readonly mean: number[]; readonly deviation: number[] };
  readonly gaussianProcess: {
    readonly signal: number;
    readonly lengthScale: number;
    readonly noise: number;
    readonly kernels: Readonly<Record<'rbf' | 'matern52', GoldenKernel>>;
  };
};

export const goldenData = {
  fit: featuresOf(golden.train),
  targets: golden.targets,
  predict: featuresOf(golden.test),
};

export function largestDifference(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (got.length !== wanted.length) throw new Error(`${got.length} numbers, wanted ${wanted.length}`);
  return Math.max(...Array.from(got, (value, i) => Math.abs(value - wanted[i])));
}
