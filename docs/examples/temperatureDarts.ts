import { type Graph, scale, softmax } from 'nastransfer/engine';
import {
  archOptimizerOf,
  archOptions,
  batchNormOptions,
  type JointRule,
  type Method,
  memoryOptions,
  relaxedSearch,
  type Supernet,
  softmaxRows,
  supernetOf,
} from 'nastransfer/nas';
import { z } from 'zod';

const options = z.strictObject({
  temperature: z.number().gt(0).default(0.5).describe('divides the architecture parameters; below 1: sharper choices'),
  ...archOptions(),
  ...batchNormOptions,
  ...memoryOptions,
});

/** Candidates weighted by softmax(alpha / temperature). */
function temperatureRule({ alphas }: Supernet, temperature: number): JointRule {
  const weights = (graph: Graph) => alphas.variables.map((alpha) => softmax(scale(graph.read(alpha), 1 / temperature)));
  return {
    updates: 'joint',
    parameters: alphas,
    trace: (graph) => ({ mixture: { weights: weights(graph) } }),
    operationScores: (values) =>
      alphas.variables.map(({ type }, i) =>
        softmaxRows(
          values[i].map((value) => value / temperature),
          type.shape[1],
        ),
      ),
  };
}

/** First-order DARTS with a temperature. */
export const temperatureDarts: Method<z.infer<typeof options>> = {
  name: 'temperature-darts',
  paper: 'none; an example',
  summary: 'DARTS whose softmax has a temperature',
  options,
  needs: () => 'supernet',
  start: (problem, settings) =>
    relaxedSearch(problem, {
      method: 'temperature-darts',
      stages: [
        () => ({
          supernet: supernetOf(settings),
          begin: (supernet) => ({
            archUpdate: {
              kind: 'first-order',
              rule: temperatureRule(supernet, settings.temperature),
              archOptimizer: archOptimizerOf(settings),
            },
          }),
        }),
      ],
    }),
};
