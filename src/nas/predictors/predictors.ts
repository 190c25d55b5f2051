import { UnknownNameError } from '../errors/errors.js';
import { bayesianLinear } from './bayesianLinear.js';
import { gaussianProcess } from './gaussianProcess.js';
import { gradientBoosting } from './gradientBoosting.js';
import { graphNetwork } from './graphNetwork.js';
import { knn } from './knn.js';
import { mlp } from './mlp.js';
import type { Predictor } from './predictor.js';
import { randomForest } from './randomForest.js';

const predictors: readonly Predictor[] = [
  randomForest,
  gradientBoosting,
  knn,
  bayesianLinear,
  gaussianProcess,
  mlp,
  graphNetwork,
];

export const PREDICTOR_NAMES: readonly string[] = predictors.map((predictor) => predictor.name);

/** @throws {UnknownNameError} when no predictor has the name */
export function predictorByName(name: string): Predictor {
  const predictor = predictors.find((candidate) => candidate.name === name);
  if (!predictor) throw new UnknownNameError('Predictor', name, PREDICTOR_NAMES);
  return predictor;
}
