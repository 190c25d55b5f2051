import { z } from 'zod';
import type { Graph } from '../../../engine/graph/graph.js';
import { add } from '../../../engine/ops/elementwise/add.js';
import { multiply } from '../../../engine/ops/elementwise/multiply.js';
import { scale } from '../../../engine/ops/elementwise/scale.js';
import { sum } from '../../../engine/ops/reduce/reduce.js';
import type { Supernet } from '../../networks/classifier.js';
import type { Method } from '../../search/method.js';
import type { SupernetContext } from '../../search/problem.js';
import type { NetworkSettings } from '../../spaces/shared/networkSettings.js';
import type { Space } from '../../spaces/shared/space.js';
import { type JointRule, softmaxScores } from '../../training/bilevel/relaxedRule.js';
import { deriveSelection } from '../shared/derivation.js';
import { memoryOptions } from '../shared/memoryOptions.js';
import { archOptimizerOf, archOptions, batchNormOptions, supernetOf } from './archOptions.js';
import { concreteSample, gumbelNoise, inverseFeed, linearByEpoch, noiseFeed, stepRandom } from './gumbel.js';
import { relaxedSearch } from './relaxedSearch.js';

const options = z.strictObject({
  temperatureFirst: z.number().gt(0).default(1).describe('temperature of the concrete distribution in the first epoch'),
  temperatureLast: z.number().gt(0).default(0.03).describe('temperature in the last epoch; linear in between'),
  cost: z
    .enum(['none', 'flops', 'parameters'])
    .default('flops')
    .describe('what a sample costs in the loss: the multiply-adds or the weights of its candidates, or nothing'),
  eta: z.number().min(0).default(1.5e-3).describe('factor of the cost, counted in the costliest candidate'),
  ...archOptions(),
  ...batchNormOptions,
  ...memoryOptions,
});

type Options = z.infer<typeof options>;

/**
 * Cost of each candidate, for each table [edges, operations]: the cost of the network with it minus that with the cheapest candidate
 * of the edge, divided by the largest such difference of all tables. `none` costs nothing.
 */
export function candidateCosts(space: Space, settings: NetworkSettings, cost: 'flops' | 'parameters'): Float32Array[] {
  const { tables } = space.relaxation;
  const usual = tables.map(({ operations }) => operations.findIndex((name) => name !== 'none'));
  const costOf = (table: number, edge: number, operation: number) => {
    const selection = tables.map(({ edges }, t) =>
      edges.map((_, e) => [t === table && e === edge ? operation : usual[t]]),
    );
    const { multiplyAdds, parameters } = space.count(space.relaxation.architecture(selection), settings);
    return cost === 'flops' ? multiplyAdds : parameters;
  };
  const each = tables.map(({ edges, operations }, t) =>
    edges.map((_, edge) => {
      const costs = operations.map((name, o) => (name === 'none' ? Number.POSITIVE_INFINITY : costOf(t, edge, o)));
      const least = Math.min(...costs);
      return costs.map((value) => (Number.isFinite(value) ? value - least : 0));
    }),
  );
  const most = Math.max(...each.flat(2));
  return each.map((table) => Float32Array.from(table.flat(), (value) => (most > 0 ? value / most : 0)));
}

/** Candidates weighted by one concrete sample a step, with its cost as penalty (Xie et al. 2019, SNAS, sections 2.2 and 2.4). */
export function concreteRule(
  supernet: Supernet,
  seed: number,
  {
    temperatureFirst,
    temperatureLast,
    eta,
    costs,
  }: Pick<Options, 'temperatureFirst' | 'temperatureLast' | 'eta'> & { readonly costs?: readonly Float32Array[] },
): JointRule {
  const { alphas } = supernet;
  const samples = (graph: Graph) =>
    alphas.variables.map((alpha) => concreteSample(graph.read(alpha), alpha.name, 'weights'));
  return {
    updates: 'joint',
    parameters: alphas,
    trace: (graph) => ({ mixture: { weights: samples(graph) } }),
    ...(costs
      ? {
          // The same samples: equal operations of a graph are one.
          penalty: (graph) => {
            const sums = samples(graph).map((sample, i) =>
              sum(multiply(sample, graph.constant(costs[i], sample.shape))),
            );
            return scale(sums.length > 1 ? add(...sums) : sums[0], eta);
          },
        }
      : {}),
    feeds(place) {
      if (place.part !== 'weights') return {};
      const random = stepRandom('snas', seed, place);
      const noise = alphas.variables.map(
        ({ name, type }) => [noiseFeed('weights', name), gumbelNoise(type.shape[0] * type.shape[1], random)] as const,
      );
      const temperature = linearByEpoch(temperatureFirst, temperatureLast, place);
      return { ...Object.fromEntries(noise), [inverseFeed('weights')]: [1 / temperature] };
    },
    operationScores: (parameters) => softmaxScores(alphas, parameters),
  };
}

function settingsOf({ protocol, source }: SupernetContext): NetworkSettings {
  const { channels, cells, imageSize: size, imageChannels } = protocol;
  return { channels, cells, classes: source.classes.length, size, imageChannels };
}

/**
 * SNAS (Xie et al., ICLR 2019, 1812.09926): candidates weighted by a sample of the concrete distribution at a decreasing
 * temperature; weights and architecture parameters are trained on the same batches of all images, with the cost of the sample in the
 * loss. Derivation keeps every edge whose strongest operation is not `none`; on the DARTS space that is more than two edges a node.
 *
 * The paper: 150 epochs of batches of 64, SGD from 0.025 to 0.001. Differences: costs are those of `count`, linear and
 * relative to the costliest candidate, where the published code uses a logarithm; of its three gradient estimators this is the
 * reparametrised one.
 */
export const snas: Method<Options> = {
  name: 'snas',
  paper: 'Xie et al., ICLR 2019, 1812.09926',
  summary: 'concrete samples at a decreasing temperature, all images for both updates, a cost in the loss',
  options,
  needs: () => 'supernet',
  joinsHalves: () => true,
  start: (problem, settings) =>
    relaxedSearch(problem, {
      method: 'snas',
      stages: [
        () => ({
          supernet: supernetOf(settings),
          begin: (supernet, context) => {
            const { cost } = settings;
            const costs = cost === 'none' ? undefined : candidateCosts(problem.space, settingsOf(context), cost);
            return {
              archUpdate: {
                kind: 'single-level',
                rule: concreteRule(supernet, problem.seed, { ...settings, costs }),
                archOptimizer: archOptimizerOf(settings),
              },
              derive: (operationScores) => {
                const { relaxation } = problem.space;
                const whole = relaxation.tables.map(({ name, edges, operations }) => ({ name, edges, operations }));
                return relaxation.architecture(deriveSelection(whole, operationScores));
              },
            };
          },
        }),
      ],
    }),
};
