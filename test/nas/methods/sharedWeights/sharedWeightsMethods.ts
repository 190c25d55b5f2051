import { enas } from '../../../../src/nas/methods/sharedWeights/enas/enas.js';
import { nao } from '../../../../src/nas/methods/sharedWeights/nao/nao.js';
import { randomSharing } from '../../../../src/nas/methods/sharedWeights/randomSharing.js';
import { spos } from '../../../../src/nas/methods/sharedWeights/spos.js';
import type { Method } from '../../../../src/nas/search/method.js';

/** The methods with shared weights, with options for a toy space and for the smallest search on a space of networks. */
export const sharedWeightsMethods: readonly {
  readonly method: Method;
  readonly toy: object;
  readonly small: object;
  readonly seeds?: number;
  /** Added to those for a toy space if the result does not matter. */
  readonly quick?: object;
}[] = [
  { method: randomSharing, toy: { candidates: 40, finalists: 6 }, small: { candidates: 4, finalists: 2 } },
  {
    method: spos,
    toy: { population: 8, generations: 3, parents: 3, mutations: 4, crossovers: 2, reestimate: 0 },
    small: { population: 4, generations: 2, parents: 2, mutations: 2, crossovers: 1, reestimate: 2, bins: 2 },
  },
  {
    method: enas,
    toy: { controllerSteps: 15, aggregate: 4, samples: 12, hidden: 16, learningRate: 0.02 },
    small: { controllerSteps: 2, aggregate: 3, samples: 4, hidden: 8 },
  },
  {
    method: nao,
    toy: {
      pool: 16,
      every: 1,
      replaced: 6,
      parents: 6,
      finalists: 4,
      modelEpochs: 100,
      modelLearningRate: 0.01,
      hidden: 16,
      embedding: 8,
    },
    seeds: 4,
    quick: { modelEpochs: 5 },
    small: { pool: 6, every: 1, replaced: 3, parents: 3, finalists: 2, modelEpochs: 3, hidden: 8, embedding: 8 },
  },
];
