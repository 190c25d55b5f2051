// Long: methods without training propose better genotypes of the DARTS space than random search
import { describe, expect, it } from 'vitest';
import { methodByName } from '../../../../src/nas/methods/methods.js';
import { cases, space, syntheticProblem } from '../relaxed/syntheticDarts.js';

/** Mean over seeds of the accuracies of the last half of 150 evaluations. */
async function late(name: string, options: object): Promise<number> {
  let sum = 0;
  for (let seed = 0; seed < 3; seed++) {
    const method = methodByName(name);
    const search = method.start(
      syntheticProblem(seed, { limits: { evaluations: 150 } }),
      method.options.parse(options),
    );
    while (await search.step());
    const { evaluations } = search.result();
    search.dispose?.();
    expect(evaluations).toHaveLength(150);
    for (const { architecture } of evaluations) expect(space.format(space.parse(architecture))).toBe(architecture);
    sum += evaluations.slice(75).reduce((total, { fitness }) => total + fitness, 0) / 75 / 3;
  }
  return sum;
}

describe('on the DARTS space with a known accuracy', () => {
  it.each(cases)(
    '%s %j proposes better genotypes late in the search than random search does',
    async (name, options) => {
      // Random genotypes have a standard deviation of 0.05, their mean over 75 one of 0.006.
      expect(await late(name, options)).toBeGreaterThan((await late('random', {})) + 0.015);
    },
  );
});
