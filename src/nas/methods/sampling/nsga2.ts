import { z } from 'zod';
import type { Random } from '../../../engine/random/random.js';
import { UnknownNameError } from '../../errors/errors.js';
import { crowdingDistance, nonDominatedSort, type Objectives, paretoFront } from '../../math/pareto.js';
import type { ParetoPoint } from '../../records/outcome.js';
import type { Method, Search } from '../../search/method.js';
import type { Problem } from '../../search/problem.js';
import type { Space } from '../../spaces/shared/space.js';
import { drawUnseen } from '../shared/unseen.js';
import { type Evaluation, fittest, samplingSearch } from './samplingSearch.js';

/** Options of NSGA-II, with some defaults given. */
export const nsga2Options = ({
  objectives = ['parameters'],
  mutation = 'reset',
}: {
  readonly objectives?: string[];
  readonly mutation?: 'reset' | 'polynomial';
} = {}) => ({
  objectives: z
    .array(z.string())
    .min(1)
    .refine((names) => new Set(names).size === names.length, 'an objective is listed twice')
    .default(objectives)
    .describe('costs to minimise, while accuracy is maximised: parameters, multiplyAdds, mflops, latency:DEVICE'),
  population: z.int().min(2).default(40).describe('architectures that survive a generation'),
  offspring: z.int().min(1).default(20).describe('architectures evaluated in a generation'),
  generations: z.int().min(1).default(30).describe('generations, the random first one included'),
  crossover: z
    .enum(['uniform', 'single-point', 'two-point'])
    .default('two-point')
    .describe('crossover of the choices of two parents'),
  crossoverProbability: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe('otherwise the child is a copy of one parent, to be mutated'),
  mutationProbability: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('of each choice to be mutated; default: 1 / number of choices'),
  mutation: z
    .enum(['reset', 'polynomial'])
    .default(mutation)
    .describe('reset: another option, uniformly sampled; polynomial: options as integers, near ones are more likely'),
  mutationIndex: z
    .number()
    .min(0)
    .default(3)
    .describe('eta of polynomial mutation: larger values sample nearer options'),
});
const options = z.strictObject(nsga2Options());
type Nsga2Options = z.infer<typeof options>;

const NAME = 'nsga2';
const MATINGS = 100;

/**
 * NSGA-II (Deb et al., IEEE TEC 2002) on accuracy and costs, with the population, offspring, generations and crossover of
 * NSGA-Net (Lu et al., GECCO 2019, 1810.03522). No architecture is evaluated twice. The result is the most accurate of the
 * front, which the outcome gives whole.
 */
export const nsga2: Method<Nsga2Options> = {
  name: NAME,
  paper: 'Deb et al., IEEE TEC 2002; for architectures Lu et al., GECCO 2019, 1810.03522',
  summary: 'evolution of a front of accuracy and costs',
  options,
  needs: () => 'training',
  start: (problem, settings) => evolveFront(NAME, problem, settings),
};

/** A search by NSGA-II under the name of a method. */
export function evolveFront(method: string, problem: Problem, settings: Nsga2Options): Search {
  const { space } = problem;
  const { population, offspring, generations } = settings;
  for (const name of settings.objectives)
    if (!problem.costs.includes(name)) throw new UnknownNameError('Cost', name, problem.costs);

  const costs = new Map<string, Objectives>();
  const objectives = ({ text, architecture, fitness }: Evaluation): Objectives => {
    const counted = costs.get(text) ?? settings.objectives.map((name) => problem.cost(architecture, name));
    costs.set(text, counted);
    return [-fitness, ...counted];
  };
  const front = (evaluations: readonly Evaluation[]) =>
    paretoFront(evaluations.map(objectives)).map((index) => evaluations[index]);

  let generation = 0;
  /** The population, as indices of evaluations. */
  let living: readonly number[] = [];

  return samplingSearch(problem, {
    method,
    total: population + (generations - 1) * offspring,
    propose(evaluations, random) {
      const seen = new Set(evaluations.map(({ text }) => text));
      const complete = 1 + Math.floor((evaluations.length - population) / offspring);
      if (complete > generation) {
        const born = [...evaluations.keys()].slice(generation === 0 ? 0 : -offspring);
        living = survivors([...living, ...born], (index) => objectives(evaluations[index]), population);
        generation = complete;
      }
      const parents = ranked(
        living.map((index) => evaluations[index]),
        objectives,
      );
      const architecture = breed(space, parents, settings, random, seen) ?? drawUnseen(space, random, seen);
      return architecture === undefined ? undefined : { architecture };
    },
    select: (evaluations) => fittest(front(evaluations)),
    outcome: (evaluations) => ({
      front: front(evaluations)
        .sort((a, b) => b.fitness - a.fitness)
        .map((evaluation) => pointOf(evaluation, settings.objectives, objectives(evaluation).slice(1))),
    }),
    state: {
      save: () => ({ generation, living }),
      restore(values) {
        generation = values.generation as number;
        living = values.living as number[];
      },
    },
  });
}

function pointOf({ text, fitness }: Evaluation, names: readonly string[], costs: Objectives): ParetoPoint {
  const named = Object.fromEntries(names.map((name, i) => [name, costs[i]]));
  return { architecture: text, objectives: { accuracy: fitness, ...named } };
}

/** An item with the rank of its front, 0 the best, and its crowding distance there. */
interface Ranked<T> {
  readonly item: T;
  readonly rank: number;
  readonly crowding: number;
}

/** Items by front, in the order of their fronts. */
function ranked<T>(items: readonly T[], objectives: (item: T) => Objectives): Ranked<T>[] {
  const points = items.map(objectives);
  return nonDominatedSort(points).flatMap((front, rank) => {
    const crowding = crowdingDistance(front.map((i) => points[i]));
    return front.map((i, place) => ({ item: items[i], rank, crowding: crowding[place] }));
  });
}

/** Negative when `a` is better: of a better front, or in the same with a larger crowding distance. */
function compare(a: Ranked<unknown>, b: Ranked<unknown>): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  return a.crowding === b.crowding ? 0 : b.crowding - a.crowding;
}

function survivors<T>(items: readonly T[], objectives: (item: T) => Objectives, count: number): T[] {
  return ranked(items, objectives)
    .sort(compare)
    .slice(0, count)
    .map(({ item }) => item);
}

/** A child that was not seen before; undefined without parents, or if many matings bring none. */
function breed(
  space: Space,
  parents: readonly Ranked<Evaluation>[],
  settings: Nsga2Options,
  random: Random,
  seen: ReadonlySet<string>,
): unknown {
  if (parents.length === 0) return undefined;
  const tournament = () => {
    const [a, b] = [random.choice(parents), random.choice(parents)];
    return space.decisions((compare(b, a) < 0 ? b : a).item.architecture);
  };
  const { crossoverProbability, mutationProbability = 1 / space.choices.length } = settings;
  for (let mating = 0; mating < MATINGS; mating++) {
    const [mother, father] = [tournament(), tournament()];
    const crossed = random.uniform() < crossoverProbability;
    const genes = crossed ? cross(mother, father, settings.crossover, random) : mother;
    const mutated = genes.map((option, choice) => {
      const count = space.choices[choice].options.length;
      if (count === 1 || random.uniform() >= mutationProbability) return option;
      if (settings.mutation === 'polynomial')
        return Math.round(polynomialMutation(option, count, settings.mutationIndex, random.uniform()));
      return (option + 1 + random.integer(count - 1)) % count;
    });
    const architecture = space.fromDecisions(mutated);
    if (!seen.has(space.format(architecture))) return architecture;
  }
  return undefined;
}

/** Genes of one parent or the other. Cuts fall between two genes; between two cuts, or after one, stand the second's. */
function cross(
  mother: readonly number[],
  father: readonly number[],
  kind: Nsga2Options['crossover'],
  random: Random,
): number[] {
  if (kind === 'uniform') return mother.map((option, i) => (random.integer(2) === 0 ? option : father[i]));
  const from = random.integer(mother.length + 1);
  const to = kind === 'two-point' ? random.integer(mother.length + 1) : mother.length;
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  return mother.map((option, i) => (i >= low && i < high ? father[i] : option));
}

/**
 * Polynomial mutation (Deb and Agrawal 1999) of an integer from 0 to count - 1 as a number from -0.5 to count - 0.5.
 * @param draw uniform in [0, 1)
 * @returns a number whose nearest integer is from 0 to count - 1
 */
export function polynomialMutation(value: number, count: number, eta: number, draw: number): number {
  const below = (value + 0.5) / count;
  const power = (x: number) => x ** (eta + 1);
  const root = (x: number) => x ** (1 / (eta + 1));
  const step =
    draw <= 0.5
      ? root(2 * draw + (1 - 2 * draw) * power(1 - below)) - 1
      : 1 - root(2 * (1 - draw) + (2 * draw - 1) * power(below));
  // Rounding must not exceed the range.
  return Math.min(Math.max(value + step * count, -0.49), count - 0.51);
}
