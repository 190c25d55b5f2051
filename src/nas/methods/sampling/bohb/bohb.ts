import { z } from 'zod';
import type { Method, Search } from '../../../search/method.js';
import type { Problem } from '../../../search/problem.js';
import { drawUnseen } from '../../shared/unseen.js';
import { type Evaluation, fittest, samplingSearch } from '../samplingSearch.js';
import { hyperband, ladder, placeAfter } from './hyperband.js';
import { fitModel, highestModel, promising } from './model.js';

const options = z.strictObject({
  eta: z.int().min(2).default(3).describe('one in eta architectures is promoted, to training eta times as long'),
  samples: z
    .int()
    .min(1)
    .default(64)
    .describe('architectures sampled from the model, of which the most promising is evaluated'),
  randomFraction: z
    .number()
    .min(0)
    .max(1)
    .default(1 / 3)
    .describe('new architectures that are random'),
  goodFraction: z.number().gt(0).lt(1).default(0.15).describe('fraction of the results that the model counts as good'),
  minimumBandwidth: z.number().gt(0).lt(1).default(1e-3).describe('no bandwidth of a kernel is lower'),
  brackets: z.int().min(1).default(50).describe('successive halvings in all; 50 in NAS-Bench-201'),
});
type BohbOptions = z.infer<typeof options>;

const NAME = 'bohb';

/**
 * BOHB (Falkner et al., ICML 2018, 1807.01774): Hyperband over the problem's lengths of training, with new
 * architectures sampled by kernel density estimates of the good and the bad results at the longest training that has enough results. A
 * promoted architecture is trained from scratch for longer; the model never proposes an evaluated one. The result is the best at the
 * longest training done.
 */
export const bohb: Method<BohbOptions> = {
  name: NAME,
  paper: 'Falkner, Klein and Hutter, ICML 2018, 1807.01774',
  summary: 'Hyperband whose architectures come from densities of good and bad results',
  options,
  needs: () => 'training',
  multiFidelity: true,
  start,
};

function start(problem: Problem, settings: BohbOptions): Search {
  const { space } = problem;
  const { eta, goodFraction, minimumBandwidth } = settings;
  const rungs = ladder(problem.epochs, eta);
  const brackets = hyperband(rungs.length, eta);
  const sizes = space.choices.map((choice) => choice.options.length);
  return samplingSearch(problem, {
    method: NAME,
    total: evaluationsOf(brackets, settings.brackets),
    propose(evaluations, random) {
      const place = placeAfter(evaluations, brackets);
      const epochs = rungs[place.rung];
      if (place.promoted) return { architecture: place.promoted.architecture, epochs };
      const results = evaluations.map(({ architecture, fitness }) => ({
        decisions: space.decisions(architecture),
        fitness,
      }));
      const model = highestModel(results, place.rungs, (part) =>
        fitModel(part, sizes, goodFraction, { minimumBandwidth, levels: 'space' }),
      );
      if (!model || random.uniform() < settings.randomFraction) return { architecture: space.random(random), epochs };
      const seen = new Set(evaluations.map(({ text }) => text));
      const fresh = (vector: readonly number[]) => !seen.has(space.format(space.fromDecisions(vector)));
      const picked = promising(model, sizes, settings.samples, random, fresh);
      const architecture = picked ? space.fromDecisions(picked) : drawUnseen(space, random, seen);
      return { architecture: architecture ?? space.random(random), epochs };
    },
    select: atLongest,
  });
}

/** Number of evaluations of some brackets, which repeat in order. */
export function evaluationsOf(brackets: ReturnType<typeof hyperband>, count: number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += brackets[i % brackets.length].sizes.reduce((sum, size) => sum + size, 0);
  return total;
}

/** The fittest of those trained longest. */
function atLongest(evaluations: readonly Evaluation[]): Evaluation {
  const longest = Math.max(...evaluations.map(({ epochs = 0 }) => epochs));
  return fittest(evaluations.filter(({ epochs = 0 }) => epochs === longest));
}
