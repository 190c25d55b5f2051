import { describe, expect, it } from 'vitest';
import { METHOD_NAMES, methodByName } from '../../../src/nas/methods/methods.js';
import { nasbench201 } from '../../../src/nas/spaces/nasbench201/space.js';
import { candidatesOf } from '../../../src/nas/transfer/searchProblem.js';
import { plantedProblem } from '../methods/planted.js';
import { tinyProtocol } from '../training/trainingRun.js';

/** Few candidates each, so that the searches end soon. */
const FEW: Readonly<Record<string, object>> = {
  'regularized-evolution': { cycles: 12 },
  'local-search': { evaluations: 9 },
  reinforce: { evaluations: 7 },
  bohb: { brackets: 2 },
  'bohb-published': { brackets: 2 },
  nsga2: { population: 4, offspring: 2, generations: 3 },
  nsganet: { population: 4, offspring: 2, generations: 3, objectives: ['parameters'] },
  weaknas: { predictor: 'bayesian-linear', initial: 5, perIteration: 3, evaluations: 11 },
};

describe('the candidates that a search will train', () => {
  const training = METHOD_NAMES.filter((name) => {
    const { needs, options } = methodByName(name);
    return needs(options.parse({})) === 'training';
  });

  it.each(training)('by %s are counted before it starts, as an upper bound', async (name) => {
    const method = methodByName(name);
    const options = method.options.parse(FEW[name]);
    const counted = candidatesOf(nasbench201, name, options, { ...tinyProtocol, epochs: 12 });
    const search = method.start(plantedProblem(1, {}), options);
    while (await search.step());
    const { length } = search.result().evaluations;
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThanOrEqual(counted);
    expect(search.progress().total).toBe(counted);
  });
});
