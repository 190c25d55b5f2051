import { z } from 'zod';
import type { Method } from '../../../search/method.js';
import type { Problem } from '../../../search/problem.js';
import { memoryOptions } from '../../shared/memoryOptions.js';
import { compare } from '../randomSharing.js';
import { type SharedState, type SharedWork, sharedWeightsSearch } from '../sharedWeightsSearch.js';
import { CONTROLLER_DEFAULTS, type ControllerState, EnasController } from './controller.js';

const options = z.strictObject({
  controllerSteps: z.int().min(0).default(30).describe('steps of the controller after every epoch of the weights'),
  aggregate: z.int().min(1).default(10).describe('architectures of one step of the controller'),
  samples: z
    .int()
    .min(1)
    .default(10)
    .describe('architectures sampled at the end, of which the best on one batch is the result'),
  hidden: z.int().min(4).multipleOf(4).default(CONTROLLER_DEFAULTS.hidden).describe('units of the LSTM'),
  learningRate: z.number().gt(0).default(CONTROLLER_DEFAULTS.learningRate).describe('of Adam on the controller'),
  entropyWeight: z
    .number()
    .min(0)
    .default(CONTROLLER_DEFAULTS.entropyWeight)
    .describe('weight of the entropy of an architecture in its reward'),
  baselineDecay: z
    .number()
    .min(0)
    .lt(1)
    .default(CONTROLLER_DEFAULTS.baselineDecay)
    .describe('decay of the moving average of rewards'),
  temperature: z
    .number()
    .gt(0)
    .default(CONTROLLER_DEFAULTS.temperature)
    .describe('divisor of logits before their tanh'),
  tanhConstant: z
    .number()
    .min(0)
    .default(CONTROLLER_DEFAULTS.tanhConstant)
    .describe('largest logit; 0: logits have no limit'),
  ...memoryOptions,
});
type Options = z.infer<typeof options>;

const NAME = 'enas';

/**
 * ENAS (Pham et al., ICML 2018, 1802.03268): every batch trains an architecture that an LSTM, the controller, draws; after an epoch the
 * controller is trained by REINFORCE, the reward of an architecture being its accuracy with the shared weights on one random
 * validation batch. At the end the best of some samples on one batch, the same for all, is the result. Published training of cells: 150
 * epochs, batches of 160, learning rate from 0.05 to 0.0005 with restarts, drop path and an auxiliary classifier, which the shared
 * weights here lack; as run on NAS-Bench-201: 250 epochs, batches of 128, controllerSteps 50, aggregate 20, samples 100, learningRate
 * 0.001. Choices are those of the space: on that of DARTS an option is a pair of inputs, where the authors attend to nodes, and there is
 * no prior towards convolutions.
 */
export const enas: Method<Options> = {
  name: NAME,
  paper: 'Pham et al., ICML 2018, 1802.03268',
  summary: 'an LSTM trained by REINFORCE samples the architectures that shared weights are trained on',
  options,
  needs: () => 'supernet',
  start: (problem, settings) =>
    sharedWeightsSearch(problem, {
      method: NAME,
      affine: false,
      checkpoint: settings.checkpoint,
      begin: async ({ engine }) => {
        const controllerOptions = { ...settings, batch: settings.aggregate };
        const controller = await EnasController.create(engine, problem.space, controllerOptions, problem.seed);
        return {
          draw: (random) => problem.space.fromDecisions(controller.sample(random).decisions),
          afterEpoch: (work) => trainController(problem, controller, settings, work),
          rounds: () => 1,
          round: async (work) => {
            const drawn = Array.from({ length: settings.samples }, () =>
              problem.space.fromDecisions(controller.sample(work.random).decisions),
            );
            await compare(work, drawn, 0);
          },
          save: () => controller.save(),
          restore: (state: SharedState) => controller.restore(state as unknown as ControllerState),
          dispose: () => controller.dispose(),
        };
      },
    }),
};

async function trainController(
  { space }: Problem,
  controller: EnasController,
  { controllerSteps, aggregate }: Options,
  work: SharedWork,
): Promise<void> {
  for (let step = 0; step < controllerSteps; step++) {
    const batch: { decisions: readonly number[]; reward: number }[] = [];
    for (let i = 0; i < aggregate; i++) {
      const { decisions } = controller.sample(work.random);
      const reward = await work.measure(space.fromDecisions(decisions), [work.random.integer(work.batches)]);
      batch.push({ decisions, reward });
    }
    await controller.train(batch);
  }
}
