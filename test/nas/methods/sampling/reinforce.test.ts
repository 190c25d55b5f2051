import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/engine/random/random.js';
import { CategoricalPolicy } from '../../../../src/nas/methods/sampling/policy.js';
import { reinforce } from '../../../../src/nas/methods/sampling/reinforce.js';
import golden from '../golden/reinforce.json' with { type: 'json' };
import { searchPlanted } from '../planted.js';

const zeros = () => golden.initial.map((row) => row.map(() => 0));

describe('REINFORCE', () => {
  it('updates the logits of its policy as PyTorch does', () => {
    const policy = new CategoricalPolicy(
      {
        logits: structuredClone(golden.initial),
        first: zeros(),
        second: zeros(),
        steps: 0,
        rewardSum: 0,
        rewardWeight: 0,
      },
      golden,
    );
    for (const { action, reward, logits } of golden.steps) {
      policy.update(action, reward);
      logits.flat().forEach((logit, i) => {
        expect(policy.state.logits.flat()[i]).toBeCloseTo(logit, 10);
      });
    }
  });

  it('samples each option with its probability', () => {
    const probabilities = [0.5, 0.2, 0.25, 0.05];
    const state = CategoricalPolicy.initial([4], new Random(0, 'logits'));
    const policy = new CategoricalPolicy({ ...state, logits: [probabilities.map(Math.log)] }, golden);
    const random = new Random(1, 'draws');
    const counts = [0, 0, 0, 0];
    const draws = 20_000;
    for (let i = 0; i < draws; i++) counts[policy.sample(random)[0]]++;
    // Chi-squared with 3 degrees of freedom: 16.27 is exceeded with probability 0.001.
    const distance = probabilities.reduce((sum, p, i) => sum + (counts[i] - p * draws) ** 2 / (p * draws), 0);
    expect(distance).toBeLessThan(16.27);
  });

  it('has the settings of NAS-Bench-201 as defaults and returns the best cell it evaluated', async () => {
    expect(reinforce.options.parse({})).toEqual({ learningRate: 0.5, baselineDecay: 0.9, evaluations: 100 });
    const { architecture, evaluations } = await searchPlanted(reinforce, {}, 3);
    const best = Math.max(...evaluations.map(({ fitness }) => fitness));
    expect(evaluations.find((evaluation) => evaluation.architecture === architecture)?.fitness).toBe(best);
    expect(evaluations.at(-1)!.architecture).toBe(evaluations.at(-2)!.architecture);
  });
});
