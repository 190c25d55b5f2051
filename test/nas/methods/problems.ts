import type { Problem } from '../../../src/nas/search/problem.js';
import { spaceByName } from '../../../src/nas/spaces/spaces.js';

export const space = spaceByName('nasbench201');

/** A problem on NAS-Bench-201 with the given evaluations; those that a search does not request may be omitted. */
export function problemWith(parts: Partial<Problem> & Pick<Problem, 'evaluate'>): Problem {
  return {
    space,
    seed: 0,
    epochs: [12],
    costs: [],
    cost: () => {
      throw new Error('no cost was expected to be asked for');
    },
    ...parts,
  };
}
