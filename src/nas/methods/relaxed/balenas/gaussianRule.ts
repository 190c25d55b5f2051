import { add } from '../../../../engine/ops/elementwise/add.js';
import { softmax } from '../../../../engine/ops/reduce/softmax.js';
import type { Compiler } from '../../../../engine/runtime/compiler.js';
import type { Supernet } from '../../../networks/classifier.js';
import { type SelfUpdatingRule, softmaxScores } from '../../../training/bilevel/relaxedRule.js';
import { stepRandom } from '../gumbel.js';
import { deviations, type VadamSettings, vadamStep } from './vadam.js';

/** A rule whose parameters are means of normal distributions. */
export interface GaussianRule extends SelfUpdatingRule {
  /** The present standard deviations, for each table [edges, operations]. */
  deviations(): Float32Array[];
}

/** Weights of candidates: the softmax of a sample of normal distributions, which Vadam updates. */
export function gaussianRule(
  engine: Compiler,
  supernet: Supernet,
  seed: number,
  settings: VadamSettings,
): GaussianRule {
  const { alphas } = supernet;
  const zeros = () => alphas.variables.map(({ type: { shape } }) => new Float32Array(shape[0] * shape[1]));
  let momenta: Float32Array[] = zeros();
  let seconds: Float32Array[] = zeros();
  return {
    updates: 'self',
    parameters: alphas,
    trace: (graph, part) => ({
      mixture: {
        weights: alphas.variables.map((alpha) =>
          softmax(add(graph.read(alpha), graph.feed(`${part}/noise ${alpha.name}`, alpha.type.shape))),
        ),
      },
    }),
    feeds(place) {
      const random = stepRandom('balenas', seed, place);
      return Object.fromEntries(
        alphas.variables.map(({ name }, i) => [
          `${place.part}/noise ${name}`,
          deviations(seconds[i], settings).map((deviation) => deviation * random.normal()),
        ]),
      );
    },
    async update(gradients, { step }) {
      for (const [i, alpha] of alphas.variables.entries()) {
        const mean = Float32Array.from(await engine.read(alpha));
        const next = vadamStep({ mean, momentum: momenta[i], second: seconds[i] }, gradients[i], step + 1, settings);
        momenta[i] = next.momentum;
        seconds[i] = next.second;
        engine.write(alpha, next.mean);
      }
    },
    operationScores: (parameters) => softmaxScores(alphas, parameters),
    deviations: () => seconds.map((second) => deviations(second, settings)),
    state: {
      save: () =>
        Object.fromEntries(
          alphas.variables.flatMap(({ name }, i) => [
            [`vadam/momentum ${name}`, momenta[i].slice()],
            [`vadam/second ${name}`, seconds[i].slice()],
          ]),
        ),
      restore(arrays) {
        momenta = alphas.variables.map(({ name }) => arrays[`vadam/momentum ${name}`].slice());
        seconds = alphas.variables.map(({ name }) => arrays[`vadam/second ${name}`].slice());
      },
    },
  };
}
