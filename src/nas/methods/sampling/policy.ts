import type { Random } from '../../../engine/random/random.js';

/** Logits, moments of Adam and moving average of rewards, as plain numbers, which JSON preserves exactly. */
export interface PolicyState {
  /** One row a choice. */
  readonly logits: number[][];
  readonly first: number[][];
  readonly second: number[][];
  readonly steps: number;
  readonly rewardSum: number;
  readonly rewardWeight: number;
}

export interface PolicySettings {
  readonly learningRate: number;
  /** Decay of the baseline, an exponential moving average of rewards. */
  readonly baselineDecay: number;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * Independent categorical distributions, one a choice, trained by REINFORCE (Williams 1992): the gradient of
 * -log p(action) (reward - baseline), by Adam with PyTorch's defaults; the baseline is a bias-corrected
 * exponential moving average of all rewards, the present one included.
 */
export class CategoricalPolicy {
  constructor(
    public state: PolicyState,
    private readonly settings: PolicySettings,
  ) {}

  /** Initial logits are near 0: the distributions are almost uniform. */
  static initial(sizes: readonly number[], random: Random): PolicyState {
    const rows = (value: () => number) => sizes.map((size) => Array.from({ length: size }, value));
    const [first, second] = [rows(() => 0), rows(() => 0)];
    return { logits: rows(() => 1e-3 * random.normal()), first, second, steps: 0, rewardSum: 0, rewardWeight: 0 };
  }

  sample(random: Random): number[] {
    return this.state.logits.map((logits) => {
      const probabilities = softmax(logits);
      let rest = random.uniform();
      const drawn = probabilities.findIndex((probability) => {
        rest -= probability;
        return rest < 0;
      });
      return drawn < 0 ? probabilities.length - 1 : drawn;
    });
  }

  update(action: readonly number[], reward: number): void {
    const { learningRate, baselineDecay: decay } = this.settings;
    const { logits, first, second } = this.state;
    const steps = this.state.steps + 1;
    const rewardSum = decay * this.state.rewardSum + (1 - decay) * reward;
    const rewardWeight = decay * this.state.rewardWeight + (1 - decay);
    const advantage = reward - rewardSum / rewardWeight;
    logits.forEach((row, choice) => {
      softmax(row).forEach((probability, option) => {
        const gradient = (probability - (option === action[choice] ? 1 : 0)) * advantage;
        const mean = BETA1 * first[choice][option] + (1 - BETA1) * gradient;
        const square = BETA2 * second[choice][option] + (1 - BETA2) * gradient * gradient;
        first[choice][option] = mean;
        second[choice][option] = square;
        const scale = Math.sqrt(square / (1 - BETA2 ** steps)) + EPSILON;
        row[option] -= (learningRate * (mean / (1 - BETA1 ** steps))) / scale;
      });
    });
    this.state = { logits, first, second, steps, rewardSum, rewardWeight };
  }
}

function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const exponentials = logits.map((logit) => Math.exp(logit - largest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}
