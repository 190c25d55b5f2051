import { z } from 'zod';
import type { Method, Search } from '../../search/method.js';
import type { Problem } from '../../search/problem.js';
import type { Space } from '../../spaces/shared/space.js';
import { drawUnseen } from '../shared/unseen.js';
import { type Evaluation, fittest, samplingSearch } from './samplingSearch.js';

const options = z.strictObject({
  improvement: z
    .enum(['best', 'first'])
    .default('best')
    .describe('best: evaluates all neighbours and moves to the best; first: moves to the first better one'),
  evaluations: z.int().min(1).default(100).describe('architectures evaluated in all'),
});
type LocalSearchOptions = z.infer<typeof options>;

const NAME = 'local-search';

/**
 * Hill climbing (White, Nolen and Savani, UAI 2021, 2005.02960, algorithm 1): all neighbours, which differ in one
 * choice, are evaluated in random order; the search moves to the best if it is better, and otherwise restarts at random.
 * No architecture is evaluated twice.
 */
export const localSearch: Method<LocalSearchOptions> = {
  name: NAME,
  paper: 'White, Nolen and Savani, UAI 2021, 2005.02960',
  summary: 'moves to the best neighbour, and restarts at a local optimum',
  options,
  needs: () => 'training',
  start: startLocalSearch,
};

interface Climb {
  /** The present architecture; absent before a start. */
  place?: string;
  /** Its neighbours, in the order of evaluation. */
  pending: string[];
  /** Whether the neighbours of `place` have been listed. */
  arrived: boolean;
}

function startLocalSearch(problem: Problem, { improvement, evaluations: total }: LocalSearchOptions): Search {
  const { space } = problem;
  let climb: Climb = { pending: [], arrived: false };

  return samplingSearch(problem, {
    method: NAME,
    total,
    propose(evaluations, random) {
      const known = new Map(evaluations.map((evaluation) => [evaluation.text, evaluation]));
      for (;;) {
        const here = climb.place === undefined ? undefined : known.get(climb.place);
        if (here && !climb.arrived)
          climb = { place: here.text, pending: random.shuffle(neighbours(space, here.text)), arrived: true };
        const better = here && improved(here, climb.pending);
        if (better) {
          climb = { place: better.text, pending: [], arrived: false };
          continue;
        }
        const next = climb.pending.find((text) => !known.has(text));
        if (here && next !== undefined) return { architecture: space.parse(next) };
        const start = drawUnseen(space, random, new Set(known.keys()));
        if (start === undefined) return undefined;
        climb = { place: space.format(start), pending: [], arrived: false };
        return { architecture: start };
      }

      /** The neighbour to move to; undefined when there is none, or too few are evaluated to decide. */
      function improved(here: Evaluation, around: readonly string[]): Evaluation | undefined {
        const seen = around.flatMap((text) => known.get(text) ?? []).filter(({ fitness }) => fitness > here.fitness);
        if (seen.length === 0 || (improvement === 'best' && !around.every((text) => known.has(text)))) return undefined;
        return fittest(seen);
      }
    },
    state: {
      save: () => ({ climb: structuredClone(climb) }),
      restore(values) {
        climb = structuredClone(values.climb as Climb);
      },
    },
  });
}

/** Texts of all architectures that differ from this one in one choice. */
export function neighbours(space: Space, text: string): string[] {
  const decisions = space.decisions(space.parse(text));
  const found = new Set<string>();
  space.choices.forEach(({ options }, choice) => {
    options.forEach((_, option) => {
      found.add(space.format(space.fromDecisions(decisions.with(choice, option))));
    });
  });
  found.delete(text);
  return [...found];
}
