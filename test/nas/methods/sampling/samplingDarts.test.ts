import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/engine/random/random.js';
import { methodByName } from '../../../../src/nas/methods/methods.js';
import { cases, space, syntheticProblem } from '../relaxed/syntheticDarts.js';

describe('on the DARTS space with a known accuracy', () => {
  it.each([
    ['random', { samples: 30 }],
    ['random', { samples: 30, sampling: 'alphas' }],
    ['bohb-published', {}],
    ...cases,
  ] as [string, object][])('%s %j ends the same when it is interrupted and resumed', async (name, given) => {
    const method = methodByName(name);
    const options = method.options.parse(given);
    const limits = { evaluations: 45 };
    const whole = method.start(syntheticProblem(5, { limits }), options);
    while (await whole.step());
    const first = method.start(syntheticProblem(5, { limits }), options);
    for (let i = 0; i < 33; i++) await first.step();
    const second = method.start(syntheticProblem(5, { limits }), options);
    await second.restore(JSON.parse(JSON.stringify(await first.save())));
    while (await second.step());
    expect(second.result()).toEqual(whole.result());
    for (const each of [whole, first, second]) each.dispose?.();
  });

  it.each(['random-forest', 'gradient-boosting', 'knn', 'gaussian-process'])(
    'weaknas works with %s and the encodings of graphs',
    async (predictor) => {
      for (const encoding of ['adjacency', 'path']) {
        const method = methodByName('weaknas');
        const options = method.options.parse({ predictor, encoding, pool: 100, evaluations: 20 });
        const search = method.start(syntheticProblem(1), options);
        while (await search.step());
        expect(new Set(search.result().evaluations.map(({ architecture }) => architecture)).size).toBe(20);
        search.dispose?.();
      }
    },
  );

  it('describes every choice with its number of options, so that every sample is an architecture', () => {
    const random = new Random(2, 'decisions');
    for (let i = 0; i < 200; i++) {
      const decisions = space.choices.map(({ options }) => random.integer(options.length));
      expect(space.decisions(space.parse(space.format(space.fromDecisions(decisions))))).toEqual(decisions);
    }
  });
});
