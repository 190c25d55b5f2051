import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { METHOD_NAMES, methodByName } from '../../../src/nas/methods/methods.js';
import type { Problem } from '../../../src/nas/search/problem.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { finish } from './relaxed/supernetMethods.js';
import { sharedWeightsMethods } from './sharedWeights/sharedWeightsMethods.js';
import { toyProblem } from './toySpace.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** Options that make the searches of some methods short; the other methods use their published options. */
const SMALL: Readonly<Record<string, object>> = {
  ...Object.fromEntries(sharedWeightsMethods.map(({ method, small }) => [method.name, small])),
  weaknas: { predictor: 'bayesian-linear', initial: 6, perIteration: 4 },
};

// The quality of the results is tested by the tests of each method, and by those that end in .long.test.ts.
describe('every method searches a toy space to the end,', () => {
  it.each(METHOD_NAMES)('finds an architecture of it, and the same one with the same seed: %s', async (name) => {
    const search = async () => {
      const { problem } = toyProblem(engine, 0, { epochs: 2 });
      const method = methodByName(name);
      const limited = { ...(problem as Problem), limits: { evaluations: 12 } };
      const search = method.start(limited, method.options.parse(SMALL[name] ?? {}));
      const { result } = await finish(search);
      const { done, total } = search.progress();
      expect(done).toBe(total);
      expect(result.evaluations.length + result.epochs.length).toBeGreaterThan(0);
      const { space } = limited;
      expect(space.format(space.parse(result.architecture))).toBe(result.architecture);
      return result;
    };
    expect(await search()).toEqual(await search());
  });
});
