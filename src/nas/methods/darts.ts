import { z } from 'zod';
import { BilevelTrainer } from '../training/bilevel.js';
import type { EpochRecord } from '../transfer/results.js';
import type { Method, Problem, Search } from './method.js';
import { SearchError } from './method.js';
import { requireMethod } from './samplingSearch.js';

const options = z.strictObject({
  alphaLearningRate: z.number().gt(0).default(3e-4).describe('learning rate of Adam on the architecture parameters'),
  alphaBeta1: z.number().min(0).lt(1).default(0.5),
  alphaBeta2: z.number().min(0).lt(1).default(0.999),
  alphaWeightDecay: z.number().min(0).default(1e-3).describe('coupled weight decay of the architecture parameters'),
  batchNorm: z
    .enum(['batch', 'running'])
    .default('batch')
    .describe(
      'batch: candidates are always normalised by the batch; running: running averages are kept for evaluation',
    ),
  affine: z.boolean().default(false).describe('scale and shift of batch norm in the candidates'),
});
type DartsOptions = z.infer<typeof options>;

/**
 * DARTS, first order (Liu, Simonyan and Yang, ICLR 2019, 1806.09055): all candidates of all edges mixed by the softmax of
 * architecture parameters, which are trained beside the weights; at the end every edge keeps its strongest candidate.
 */
export const darts: Method<DartsOptions> = {
  name: 'darts',
  options,
  needs: () => 'supernet',
  start: (problem, settings) => startDarts(problem, settings),
};

function startDarts(problem: Problem, settings: DartsOptions): Search {
  let trainer: BilevelTrainer | undefined;
  let alphas: Float32Array | undefined;
  let epochs: EpochRecord[] = [];
  const context = problem.supernet;
  if (!context) throw new SearchError('darts: the problem has no supernet; give it one of a space that has');
  const total = context.protocol.epochs;
  const supernet = context.build({ affine: settings.affine, batchNorm: settings.batchNorm });

  const start = async (): Promise<BilevelTrainer> => {
    trainer ??= await BilevelTrainer.create({
      engine: context.engine,
      supernet,
      shape: context.source,
      weights: context.source.weights,
      alphas: context.source.alphas,
      protocol: context.protocol,
      alphaOptimizer: {
        learningRate: settings.alphaLearningRate,
        beta1: settings.alphaBeta1,
        beta2: settings.alphaBeta2,
        weightDecay: settings.alphaWeightDecay,
      },
      seed: problem.seed,
    });
    return trainer;
  };

  return {
    async step() {
      if (epochs.length >= total) return false;
      const running = await start();
      const before = epochs.length;
      const record = await running.epoch((done, steps) =>
        problem.report?.({ kind: 'step', done: before * steps + done, total: total * steps }),
      );
      alphas = await running.alphas();
      epochs.push(record);
      problem.report?.({ kind: 'epoch', done: epochs.length, total, record });
      return epochs.length < total;
    },
    async save() {
      const { arrays, epochsDone } = await (await start()).save();
      return { method: 'darts', values: { epochs, epochsDone }, arrays };
    },
    async restore(state) {
      requireMethod(state, 'darts');
      const values = state.values as { epochs: EpochRecord[]; epochsDone: number };
      const running = await start();
      running.restore({ epochsDone: values.epochsDone, arrays: state.arrays });
      epochs = [...values.epochs];
      alphas = await running.alphas();
    },
    result() {
      if (!alphas) throw new SearchError('darts: result() before the first step(), nothing was trained yet');
      return { architecture: supernet.derive(alphas), epochs, evaluations: [] };
    },
    progress: () => ({ done: epochs.length, total, unit: 'epoch' }),
    dispose() {
      trainer?.dispose();
      trainer = undefined;
    },
  };
}
