// Long: WeakNAS finds the best of 15,625 interacting cells more often than random search
import { describe, expect, it } from 'vitest';
import { methodByName } from '../../../../src/nas/methods/methods.js';
import { planted, searchPlanted } from '../planted.js';

describe('WeakNAS', () => {
  it('finds the best of 15,625 interacting cells in 150 evaluations three times as often as random search, or more', async () => {
    const found = async (name: string, options: object) => {
      let count = 0;
      for (const seed of Array(24).keys()) {
        const { architecture } = await searchPlanted(methodByName(name), options, seed, {
          limits: { evaluations: 150 },
        });
        if (architecture === planted(seed).best) count++;
      }
      return count;
    };
    const byChance = Math.max(1, await found('random', {}));
    expect(await found('weaknas', {})).toBeGreaterThanOrEqual(3 * byChance);
    expect(
      await found('weaknas', { predictor: 'random-forest', predictorOptions: { trees: 40 } }),
    ).toBeGreaterThanOrEqual(3 * byChance);
  });
});
