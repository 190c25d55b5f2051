import { z } from 'zod';
import type { Random } from '../../../../engine/random/random.js';
import type { Method } from '../../../search/method.js';
import type { Problem } from '../../../search/problem.js';
import { memoryOptions } from '../../shared/memoryOptions.js';
import { drawUnseen } from '../../shared/unseen.js';
import { compare } from '../randomSharing.js';
import { type SharedState, type SharedWork, sharedWeightsSearch } from '../sharedWeightsSearch.js';
import { NAO_DEFAULTS, NaoModel, type NaoState } from './model.js';

const options = z
  .strictObject({
    pool: z.int().min(2).default(600).describe('architectures that the shared weights are trained on'),
    every: z.int().min(1).default(30).describe('epochs after which the pool is scored and its worst are replaced'),
    replaced: z.int().min(1).default(300).describe('worst of the pool that improved ones replace'),
    parents: z.int().min(1).default(100).describe('best of the pool from which improved ones are generated'),
    finalists: z
      .int()
      .min(1)
      .default(5)
      .describe('best of the last pool on one batch that are measured on the whole validation split'),
    modelEpochs: z.int().min(1).default(NAO_DEFAULTS.epochs).describe('epochs of the model on the pool'),
    modelLearningRate: z.number().gt(0).default(NAO_DEFAULTS.learningRate).describe('of Adam on the model'),
    hidden: z.int().min(4).multipleOf(4).default(NAO_DEFAULTS.hidden).describe('units of encoder and decoder'),
    embedding: z.int().min(4).multipleOf(4).default(NAO_DEFAULTS.embedding).describe('numbers of a token’s embedding'),
    tradeOff: z
      .number()
      .min(0)
      .max(1)
      .default(NAO_DEFAULTS.tradeOff)
      .describe('share of the prediction in the loss of the model; the rest is the decoder’s'),
    ...memoryOptions,
  })
  .refine(({ pool, replaced }) => replaced < pool, 'replaced has to be less than pool');
type Options = z.infer<typeof options>;

const NAME = 'nao';

/**
 * Neural architecture optimization with weight sharing (Luo et al., NeurIPS 2018, 1808.07233, section 4; the authors' NAO_V1): every
 * batch trains a random member of a pool of architectures; at intervals all members are measured on one validation batch, a model
 * of encoder, predictor and decoder is trained on them, and the worst are replaced by architectures decoded after moving the encodings
 * of the best along the gradient of the prediction. Published training: 150 epochs, batches of 64, learning rate from 0.025 to 0.001. Where
 * the authors train the best five for ten more epochs each, here they are measured on the whole validation split with the
 * shared weights; and rows are not augmented by swapping the two inputs of a node, which the choices of the space have in one order.
 */
export const nao: Method<Options> = {
  name: NAME,
  paper: 'Luo et al., NeurIPS 2018, 1808.07233',
  summary: 'a pool on shared weights, improved by moves along the gradient of a model of accuracy',
  options,
  needs: () => 'supernet',
  start: (problem, settings) =>
    sharedWeightsSearch(problem, {
      method: NAME,
      affine: false,
      checkpoint: settings.checkpoint,
      begin: async ({ engine }) => {
        const { space } = problem;
        const { modelEpochs: epochs, modelLearningRate: learningRate, hidden, embedding, tradeOff } = settings;
        const modelOptions = { epochs, learningRate, hidden, embedding, tradeOff };
        const model = await NaoModel.create(engine, space, modelOptions, problem.seed, problem.signal);
        let pool: number[][] = [];
        return {
          draw(random) {
            if (pool.length === 0) pool = drawPool(problem, settings.pool, random);
            return space.fromDecisions(random.choice(pool));
          },
          async afterEpoch(work) {
            if (work.epoch % settings.every === 0 && work.epoch < work.epochs)
              pool = await improvedPool(problem, model, pool, settings, work);
          },
          rounds: () => 1,
          round: (work) =>
            compare(
              work,
              pool.map((decisions) => space.fromDecisions(decisions)),
              settings.finalists,
            ),
          async save() {
            const { values, arrays } = await model.save();
            return { values: { pool, model: values }, arrays };
          },
          restore({ values, arrays }: SharedState) {
            pool = values!.pool as number[][];
            model.restore({ values: values!.model as NaoState['values'], arrays: arrays! });
          },
          dispose: () => model.dispose(),
        };
      },
    }),
};

/** Different random architectures, as decisions; fewer than `count` in a smaller space. */
function drawPool({ space }: Problem, count: number, random: Random): number[][] {
  const seen = new Set<string>();
  const pool: number[][] = [];
  while (pool.length < count) {
    const architecture = drawUnseen(space, random, seen);
    if (architecture === undefined) break;
    seen.add(space.format(architecture));
    pool.push([...space.decisions(architecture)]);
  }
  return pool;
}

/** The pool with its worst members replaced by the improved ones that the model finds. */
async function improvedPool(
  { space }: Problem,
  model: Pick<NaoModel, 'fit' | 'improve'>,
  pool: readonly number[][],
  { parents, replaced }: Options,
  work: SharedWork,
): Promise<number[][]> {
  const batch = work.random.integer(work.batches);
  const rows: { decisions: number[]; accuracy: number }[] = [];
  for (const decisions of pool)
    rows.push({ decisions, accuracy: await work.measure(space.fromDecisions(decisions), [batch]) });
  await model.fit(rows);
  const sorted = rows.sort((a, b) => b.accuracy - a.accuracy).map(({ decisions }) => decisions);
  const known = new Set(sorted.map((decisions) => decisions.join()));
  const found = await model.improve(sorted.slice(0, parents), replaced, (decisions) => known.has(decisions.join()));
  return [...sorted.slice(0, sorted.length - found.length), ...found];
}
