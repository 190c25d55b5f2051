import { z } from 'zod';
import { softmax } from '../../../engine/ops/reduce/softmax.js';
import { Random } from '../../../engine/random/random.js';
import type { Feeds } from '../../../engine/runtime/program.js';
import type { Supernet } from '../../networks/classifier.js';
import type { Method } from '../../search/method.js';
import type { RelaxedTable, Selection, Space } from '../../spaces/shared/space.js';
import { type JointRule, softmaxScores } from '../../training/bilevel/relaxedRule.js';
import { pathFeeds, type SharedEvaluator } from '../../training/paths/sharedEvaluator.js';
import { deriveSelection } from '../shared/derivation.js';
import { memoryOptions } from '../shared/memoryOptions.js';
import { archOptimizerOf, archOptions } from './archOptions.js';
import { gumbel, stepRandom } from './gumbel.js';
import { relaxedSearch } from './relaxedSearch.js';

/** Largest size of a space of which all architectures are ranked. */
const ENUMERATED = 100_000;

const options = z.strictObject({
  candidates: z
    .number()
    .int()
    .min(1)
    .default(100)
    .describe('most probable architectures that are measured with the shared weights, on one batch each'),
  samples: z
    .number()
    .int()
    .min(1)
    .default(1000)
    .describe('architectures sampled by their probabilities and then ranked, in a space too large to rank all'),
  ...archOptions(),
  affine: z.boolean().default(false).describe('scale and shift of batch norm in the candidates'),
  ...memoryOptions,
});

/** An architecture sampled uniformly from those in which every node has an input other than `none`. */
export function uniformSelection(space: Space, random: Random): Selection {
  const { relaxation } = space;
  for (;;) {
    const selection = relaxation.selection(space.random(random));
    if (relaxation.tables.every((table, t) => reachesAll(table, selection[t]))) return selection;
  }
}

/** Whether every node with incoming edges has one whose operation is not `none`. */
function reachesAll({ edges, operations }: RelaxedTable, rows: Selection[number]): boolean {
  const reached = new Set(
    edges.flatMap(([, target], e) => (rows[e].some((operation) => operations[operation] !== 'none') ? [target] : [])),
  );
  return edges.every(([, target]) => reached.has(target));
}

/** Log-probability of a selection, edges being independent. @param operationScores probabilities, rows summing to 1 */
export function logProbability(
  tables: readonly RelaxedTable[],
  selection: Selection,
  operationScores: readonly ArrayLike<number>[],
): number {
  let result = 0;
  tables.forEach(({ operations }, t) => {
    selection[t].forEach((chosen, edge) => {
      // A probability that underflowed to zero: such architectures rank last.
      for (const operation of chosen)
        result += Math.log(Math.max(operationScores[t][edge * operations.length + operation], Number.MIN_VALUE));
    });
  });
  return result;
}

/**
 * An architecture sampled by the probabilities of the candidates: with Gumbel noise added to log-probabilities the strongest candidate
 * of an edge is a sample, and the strongest edges are sampled without replacement (Kool et al. 2019, 1903.06059).
 */
export function drawSelection(
  tables: readonly RelaxedTable[],
  operationScores: readonly Float32Array[],
  random: Random,
): Selection {
  const noisy = operationScores.map((table) =>
    Float64Array.from(table, (strength) => Math.log(strength) + gumbel(random)),
  );
  return deriveSelection(tables, noisy);
}

/** The most probable architectures, ties in order of enumeration. @returns at most `count`, most probable first, without duplicates */
export function mostProbable(
  space: Space,
  operationScores: readonly Float32Array[],
  { count, samples, seed }: { readonly count: number; readonly samples: number; readonly seed: number },
): unknown[] {
  const { tables, selection } = space.relaxation;
  const random = new Random(seed, 'setn samples');
  const draw = () => space.relaxation.architecture(drawSelection(tables, operationScores, random));
  const all = space.size <= ENUMERATED ? [...space.enumerate()] : Array.from({ length: samples }, draw);
  const once = [...new Map(all.map((architecture) => [space.format(architecture), architecture])).values()];
  return once
    .map((architecture) => ({ architecture, value: logProbability(tables, selection(architecture), operationScores) }))
    .sort((a, b) => b.value - a.value)
    .slice(0, count)
    .map(({ architecture }) => architecture);
}

/** Each step trains the weights of one uniformly random architecture, and the architecture parameters on the mixture of all candidates. */
export function uniformRule(supernet: Supernet, space: Space, seed: number): JointRule {
  const { alphas } = supernet;
  return {
    updates: 'joint',
    parameters: alphas,
    trace: (graph, part) => {
      const feeds = alphas.variables.map(({ name, type }) => graph.feed(`${part}/${name}`, type.shape));
      if (part === 'weights') return { mixture: { weights: feeds } };
      return { mixture: { weights: alphas.variables.map((alpha) => softmax(graph.read(alpha))), gates: feeds } };
    },
    feeds(place): Feeds {
      const { tables } = space.relaxation;
      const named = (feeds: Feeds) =>
        Object.fromEntries(Object.entries(feeds).map(([name, value]) => [`${place.part}/${name}`, value]));
      if (place.part === 'weights')
        return named(pathFeeds(tables, uniformSelection(space, stepRandom('setn', seed, place))));
      return named(
        Object.fromEntries(
          tables.map(({ name, edges, operations }) => [
            name,
            new Float32Array(edges.length * operations.length).fill(1),
          ]),
        ),
      );
    },
    operationScores: (parameters) => softmaxScores(alphas, parameters),
  };
}

/** The architecture of highest accuracy with the shared weights, the first of equals; each is measured on one batch, its own. */
async function mostAccurate(
  { relaxation }: Space,
  architectures: readonly unknown[],
  evaluator: SharedEvaluator,
): Promise<unknown> {
  let best: { readonly architecture: unknown; readonly accuracy: number } | undefined;
  for (const [index, architecture] of architectures.entries()) {
    const { accuracy } = await evaluator.evaluate(relaxation.selection(architecture), [index % evaluator.batches]);
    if (!best || accuracy > best.accuracy) best = { architecture, accuracy };
  }
  return best?.architecture;
}

/**
 * SETN (Dong and Yang, ICCV 2019, 1910.05733), as NAS-Bench-201 has it: every step trains the weights of one uniformly random
 * architecture, and the architecture parameters on the mixture of all candidates; at the end the most probable architectures
 * are measured with the shared weights on one validation batch each, and the best of them is the result.
 *
 * NAS-Bench-201: 250 epochs of batches of 64, SGD with Nesterov momentum from 0.025 to 0.001, weight decay 5e-4. Differences: on
 * the DARTS space the first paper has its own sampler of candidates, here sampling is uniform; that space is too large to rank, so the
 * measured architectures are the most probable of some samples. Each architecture is measured on its own batch, in order of the
 * validation split.
 */
export const setn: Method<z.infer<typeof options>> = {
  name: 'setn',
  paper: 'Dong and Yang, ICCV 2019, 1910.05733',
  summary: 'weights of random architectures; the most probable ones measured with shared weights',
  options,
  needs: () => 'supernet',
  start: (problem, settings) => {
    const { space, seed } = problem;
    return relaxedSearch(problem, {
      method: 'setn',
      stages: [
        () => ({
          supernet: { affine: settings.affine, batchNorm: 'batch', gated: true, checkpoint: settings.checkpoint },
          begin: (supernet) => ({
            archUpdate: {
              kind: 'first-order',
              rule: uniformRule(supernet, space, seed),
              archOptimizer: archOptimizerOf(settings),
            },
            async derive(operationScores, trained) {
              const { candidates: count, samples } = settings;
              const likely = mostProbable(space, operationScores, { count, samples, seed });
              return mostAccurate(space, likely, await trained.evaluator());
            },
          }),
        }),
      ],
    });
  },
};
