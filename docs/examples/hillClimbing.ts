import { fittest, type Method, samplingSearch } from 'nastransfer/nas';
import { z } from 'zod';

const options = z.strictObject({
  start: z.int().min(1).default(4).describe('random architectures evaluated first'),
  evaluations: z.int().min(1).default(20).describe('architectures evaluated in total'),
});

/** Mutates the best architecture found so far; never accepts a worse one. */
export const hillClimbing: Method<z.infer<typeof options>> = {
  name: 'hill-climbing',
  paper: 'none; an example',
  summary: 'mutates the best architecture found so far',
  options,
  // Its result depends on evaluations that train; `search` and studies then include the protocol in the job's hash.
  needs: () => 'training',
  start: (problem, { start, evaluations }) =>
    samplingSearch(problem, {
      method: 'hill-climbing',
      total: evaluations,
      propose: (done, random) => ({
        architecture:
          done.length < start ? problem.space.random(random) : problem.space.mutate(fittest(done).architecture, random),
      }),
    }),
};
