import { z } from 'zod';
import type { Method, Search } from '../../search/method.js';
import type { Problem } from '../../search/problem.js';
import { CategoricalPolicy, type PolicyState } from './policy.js';
import { samplingSearch } from './samplingSearch.js';

const options = z.strictObject({
  learningRate: z
    .number()
    .gt(0)
    .default(0.5)
    .describe('learning rate of Adam on the logits; 0.5 by the instructions of NAS-Bench-201, 0.01 in NATS-Bench'),
  baselineDecay: z.number().min(0).lt(1).default(0.9).describe('decay of the mean of rewards that is the baseline'),
  evaluations: z.int().min(1).default(100).describe('architectures evaluated in all'),
});
type ReinforceOptions = z.infer<typeof options>;

const NAME = 'reinforce';

/**
 * REINFORCE as NAS-Bench-201 ran it (2001.00326): a categorical distribution for every choice, the reward is the
 * accuracy, and the best evaluated architecture is the result. At the learning rate of its instructions, the default, the policy
 * converges within about twenty architectures; 0.05 reproduces its published accuracies best.
 */
export const reinforce: Method<ReinforceOptions> = {
  name: NAME,
  paper: 'Williams 1992; as Dong and Yang ran it, ICLR 2020, 2001.00326',
  summary: 'a policy over every choice, trained by the policy gradient of the accuracy',
  options,
  needs: () => 'training',
  start,
};

function start(problem: Problem, settings: ReinforceOptions): Search {
  const { space } = problem;
  let policy: CategoricalPolicy | undefined;
  return samplingSearch(problem, {
    method: NAME,
    total: settings.evaluations,
    propose(evaluations, random) {
      const sizes = space.choices.map((choice) => choice.options.length);
      policy ??= new CategoricalPolicy(CategoricalPolicy.initial(sizes, random), settings);
      const last = evaluations.at(-1);
      if (last && policy.state.steps < evaluations.length)
        policy.update(space.decisions(last.architecture), last.fitness);
      return { architecture: space.fromDecisions(policy.sample(random)) };
    },
    state: {
      save: () => ({ policy: structuredClone(policy?.state) }),
      restore(values) {
        const saved = values.policy as PolicyState | undefined;
        policy = saved && new CategoricalPolicy(structuredClone(saved), settings);
      },
    },
  });
}
