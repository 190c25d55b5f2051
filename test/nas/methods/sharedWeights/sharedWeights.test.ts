import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import type { Problem } from '../../../../src/nas/search/problem.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { finish } from '../relaxed/supernetMethods.js';
import { toyProblem } from '../toySpace.js';
import { sharedWeightsMethods } from './sharedWeightsMethods.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe.each(sharedWeightsMethods)('$method.name', ({ method, toy, quick = {} }) => {
  const startToy = (seed: number, parts: object = {}) => {
    const { problem } = toyProblem(engine, seed, { epochs: 2, ...parts });
    return method.start(problem as Problem, method.options.parse({ ...toy, ...quick }));
  };

  it('ends with the same bits when it is stopped after any step, saved and resumed', async () => {
    const whole = await finish(startToy(1));
    for (let stop = 1; ; stop++) {
      const first = startToy(1);
      let more = true;
      for (let i = 0; i < stop && more; i++) more = await first.step();
      const saved = await first.save();
      first.dispose?.();
      if (!more) break;
      const second = startToy(1);
      await second.restore({ ...saved, values: JSON.parse(JSON.stringify(saved.values)) });
      const resumed = await finish(second);
      expect(resumed.result).toEqual(whole.result);
      for (const [name, array] of Object.entries(whole.state.arrays))
        expect(new Uint32Array(resumed.state.arrays[name].buffer), name).toEqual(new Uint32Array(array.buffer));
    }
  });

  it('compares architectures at the end only, and refuses a result before', async () => {
    const search = startToy(2);
    await search.step();
    expect(search.progress()).toEqual({ done: 1, total: 2, unit: 'epoch' });
    expect(() => search.result()).toThrow(`${method.name}: result() before the last step()`);
    search.dispose?.();
    await expect(startToy(2).restore({ method: 'random', values: {}, arrays: {} })).rejects.toThrow(
      'state of "random"',
    );
  });
});
