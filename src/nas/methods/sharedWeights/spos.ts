import { z } from 'zod';
import { Random } from '../../../engine/random/random.js';
import { SearchError } from '../../search/errors.js';
import type { Method } from '../../search/method.js';
import type { Problem } from '../../search/problem.js';
import { memoryOptions } from '../shared/memoryOptions.js';
import { type SharedWork, sharedWeightsSearch } from './sharedWeightsSearch.js';

const options = z.strictObject({
  bins: z
    .int()
    .min(0)
    .default(0)
    .describe(
      'bins of multiply-adds that architectures are trained from, each as often as the others; 0: uniform over the space',
    ),
  population: z.int().min(1).default(50).describe('architectures measured in a generation'),
  generations: z.int().min(1).default(20).describe('generations, the random first one included'),
  parents: z.int().min(1).default(10).describe('best of all generations so far, the parents of the next'),
  mutations: z.int().min(0).default(25).describe('mutated children of a generation'),
  mutationProbability: z.number().min(0).max(1).default(0.1).describe('of each choice to be resampled in a mutation'),
  crossovers: z.int().min(0).default(25).describe('children of two parents of a generation'),
  maxMultiplyAdds: z
    .number()
    .gt(0)
    .optional()
    .describe('largest number of multiply-adds of an architecture; default: no limit'),
  maxParameters: z
    .number()
    .gt(0)
    .optional()
    .describe('largest number of parameters of an architecture; default: no limit'),
  reestimate: z
    .int()
    .min(0)
    .default(20)
    .describe('batches that batch norm is estimated from for every architecture; 0: by the statistics of each batch'),
  validationBatches: z
    .int()
    .min(1)
    .optional()
    .describe('batches of the validation split that an architecture is measured on; default: all'),
  ...memoryOptions,
});
type Options = z.infer<typeof options>;

const NAME = 'spos';
/** Attempts to sample from a bin, and to produce one child (the authors' code: 500 and 10). */
const BIN_TRIES = 500;
const CHILD_TRIES = 10;
/** Random architectures from which the range of multiply-adds is estimated, and the fraction cut off at either end of it. */
const SPREAD_SAMPLES = 1000;
const SPREAD_TAIL = 0.05;
/** Attempts to sample an architecture within the limits. */
const DRAWS = 10_000;

/**
 * Single path one-shot (Guo et al., ECCV 2020, 1904.00420): every batch trains one uniformly sampled architecture; then evolution
 * (section 3.4) under limits of cost, each architecture being measured with the shared weights after its batch norm statistics have been
 * re-estimated. Published: ImageNet on a space of its own, batches of 1024, learning rate from 0.5 linearly to 0, 200 batches for batch norm, 40
 * for the accuracy, uniform over bins of ten million multiply-adds. Here batches for batch norm are not augmented, and weight decay
 * and momentum also change weights outside the path of a step.
 */
export const spos: Method<Options> = {
  name: NAME,
  paper: 'Guo et al., ECCV 2020, 1904.00420',
  summary: 'one uniform random architecture a batch on shared weights; then evolution with these under limits of cost',
  options,
  needs: () => 'supernet',
  start: (problem, settings) =>
    sharedWeightsSearch(problem, {
      method: NAME,
      affine: false,
      checkpoint: settings.checkpoint,
      reestimate: settings.reestimate === 0 ? undefined : settings.reestimate,
      begin: () => {
        const draw = settings.bins > 0 ? binned(problem, settings) : (random: Random) => problem.space.random(random);
        return {
          draw,
          rounds: () => settings.generations,
          round: (work) => generation(problem, settings, work),
        };
      },
    }),
};

/** Samples uniformly over bins of equal width of the range of multiply-adds of random architectures. */
export function binned({ space, seed, cost }: Problem, { bins }: Pick<Options, 'bins'>): (random: Random) => unknown {
  const sampler = new Random(seed, `search ${NAME} multiply-adds`);
  const counted = new Map<string, number>();
  const multiplyAdds = (architecture: unknown): number => {
    const text = space.format(architecture);
    const known = counted.get(text) ?? cost(architecture, 'multiplyAdds');
    counted.set(text, known);
    return known;
  };
  const spread = Array.from({ length: SPREAD_SAMPLES }, () => multiplyAdds(space.random(sampler))).sort(
    (a, b) => a - b,
  );
  const low = spread[Math.floor(SPREAD_TAIL * SPREAD_SAMPLES)];
  const width = (spread[Math.ceil((1 - SPREAD_TAIL) * SPREAD_SAMPLES) - 1] - low) / bins;
  const binOf = (architecture: unknown): number => {
    const place = multiplyAdds(architecture) - low;
    return place === bins * width ? bins - 1 : Math.floor(place / width);
  };
  return (random) => {
    const bin = random.integer(bins);
    for (let i = 0; i < BIN_TRIES; i++) {
      const architecture = space.random(random);
      if (binOf(architecture) === bin) return architecture;
    }
    return space.random(random);
  };
}

/** Measures the next generation: children of the best so far by mutation and crossover, and random architectures for the rest. */
export async function generation(problem: Problem, settings: Options, work: SharedWork): Promise<void> {
  const { space } = problem;
  const { random } = work;
  const seen = new Set(work.evaluations.map(({ architecture }) => architecture));
  const parents = [...work.evaluations]
    .sort((a, b) => b.fitness - a.fitness)
    .slice(0, settings.parents)
    .map(({ architecture }) => space.decisions(space.parse(architecture)));
  const children: unknown[] = [];
  const take = (architecture: unknown): boolean => {
    const text = space.format(architecture);
    if (seen.has(text) || !isWithin(problem, settings, architecture)) return false;
    seen.add(text);
    children.push(architecture);
    return true;
  };
  const breed = (count: number, child: () => readonly number[]) => {
    const end = Math.min(children.length + count, settings.population);
    for (let tries = CHILD_TRIES * count; tries > 0 && children.length < end; tries--)
      take(space.fromDecisions(child()));
  };
  if (parents.length > 0) {
    breed(settings.mutations, () => mutated(problem, random.choice(parents), settings.mutationProbability, random));
    breed(settings.crossovers, () => {
      const [mother, father] = [random.choice(parents), random.choice(parents)];
      return mother.map((option, i) => (random.integer(2) === 0 ? option : father[i]));
    });
  }
  for (let draws = DRAWS; draws > 0 && children.length < settings.population; draws--) take(space.random(random));
  if (children.length === 0 && work.evaluations.length === 0)
    throw new SearchError(
      `${NAME}: none of ${DRAWS} random architectures is within the limits of cost; raise maxMultiplyAdds or maxParameters`,
    );
  const batches = settings.validationBatches;
  const chosen =
    batches === undefined ? undefined : Array.from({ length: Math.min(batches, work.batches) }, (_, i) => i);
  for (const child of children) work.record(child, await work.measure(child, chosen));
}

function mutated({ space }: Problem, parent: readonly number[], probability: number, random: Random): number[] {
  return parent.map((option, choice) =>
    random.uniform() < probability ? random.integer(space.choices[choice].options.length) : option,
  );
}

function isWithin({ cost }: Problem, { maxMultiplyAdds, maxParameters }: Options, architecture: unknown): boolean {
  return (
    (maxMultiplyAdds === undefined || cost(architecture, 'multiplyAdds') <= maxMultiplyAdds) &&
    (maxParameters === undefined || cost(architecture, 'parameters') <= maxParameters)
  );
}
