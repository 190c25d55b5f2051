import { z } from 'zod';
import type { Method } from '../../search/method.js';
import { fittest, samplingSearch } from './samplingSearch.js';

const options = z.strictObject({
  population: z.int().min(1).default(10).describe('size of the population'),
  tournament: z.int().min(1).default(3).describe('architectures drawn, with replacement, to find a parent'),
  cycles: z.int().min(1).default(100).describe('architectures evaluated in all, the first population included'),
});
type EvolutionOptions = z.infer<typeof options>;

/**
 * Regularised (aging) evolution, Real et al., AAAI 2019 (1802.01548), algorithm 1: the first population is random; then
 * the fittest of a random tournament is the parent of one mutated child, which replaces the oldest member. The population
 * thus always consists of the latest `population` evaluations. Population and tournament default to those of NAS-Bench-201.
 */
export const regularizedEvolution: Method<EvolutionOptions> = {
  name: 'regularized-evolution',
  paper: 'Real, Aggarwal, Huang and Le, AAAI 2019, 1802.01548',
  summary: 'mutated children of the fittest of a tournament; the oldest architecture dies',
  options,
  needs: () => 'training',
  start: (problem, { population, tournament, cycles }) =>
    samplingSearch(problem, {
      method: 'regularized-evolution',
      total: cycles,
      propose(evaluations, random) {
        if (evaluations.length < population) return { architecture: problem.space.random(random) };
        const alive = evaluations.slice(-population);
        const drawn = Array.from({ length: tournament }, () => random.choice(alive));
        return { architecture: problem.space.mutate(fittest(drawn).architecture, random) };
      },
    }),
};
