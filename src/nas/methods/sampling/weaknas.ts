import { z } from 'zod';
import type { Random } from '../../../engine/random/random.js';
import { ENCODING_NAMES } from '../../predictors/encodings.js';
import type { EncodingName, Prediction } from '../../predictors/predictor.js';
import { PREDICTOR_NAMES, predictorByName } from '../../predictors/predictors.js';
import type { Method, Search } from '../../search/method.js';
import type { Problem } from '../../search/problem.js';
import { ACQUISITIONS, acquisitionScores } from './acquisition.js';
import { type Candidates, candidatesOf } from './candidates.js';
import { type Evaluation, samplingSearch } from './samplingSearch.js';
import { deviationOf, meanOf, WeakEnsemble } from './weakEnsemble.js';

const options = z.strictObject({
  initial: z.int().min(1).default(10).describe('random architectures evaluated before the first predictor (M0)'),
  perIteration: z.int().min(1).default(10).describe('architectures evaluated a round (M)'),
  top: z.int().min(1).default(100).describe('highest predictions that a round samples from (N)'),
  topStart: z
    .int()
    .min(1)
    .optional()
    .describe('N of the first round, multiplied by topDecay every round until it reaches top; default: top'),
  topDecay: z.number().gt(0).max(1).default(0.96).describe('factor of N per round'),
  evaluations: z.int().min(1).default(200).describe('architectures evaluated in all'),
  predictor: z
    .enum(PREDICTOR_NAMES as [string, ...string[]])
    .default('knn')
    .describe('weak predictor, refitted every round on all evaluations; the published default is mlp'),
  predictorOptions: z.record(z.string(), z.unknown()).default({}).describe('options of the predictor, by name'),
  encoding: z
    .enum(ENCODING_NAMES as [EncodingName, ...EncodingName[]])
    .optional()
    .describe('default: that of the predictor'),
  ensemble: z
    .int()
    .min(1)
    .optional()
    .describe('predictors with different seeds, averaged; default: 5 for acquisitions that need a deviation, else 1'),
  acquisition: z
    .enum(ACQUISITIONS)
    .default('uniform-top')
    .describe('uniform-top: uniformly sampled from the top N; others: the best M by that acquisition function'),
  pool: z.int().min(2).default(10_000).describe('number of candidates, in spaces too large to enumerate'),
});
type WeakOptions = z.infer<typeof options>;

const NAME = 'weaknas';
/** The published number of predictors in an ensemble. */
const PUBLISHED_ENSEMBLE = 5;

/**
 * WeakNAS (Wu et al., NeurIPS 2021, 2102.10490): weak predictors, each fitted on all evaluations so far, narrow the search
 * step by step to the best part of the space. The result is the architecture of the highest validation accuracy seen; the published
 * figures take the highest test accuracy instead. Predictors standardise by their training data; the published code uses mean
 * and deviation of the whole table, which a search does not have.
 */
export const weaknas: Method<WeakOptions> = {
  name: NAME,
  paper: 'Wu et al., NeurIPS 2021, 2102.10490',
  summary: 'weak predictors, each fitted on all evaluations so far, choose what to evaluate next',
  options,
  needs: () => 'training',
  start,
};

function start(problem: Problem, settings: WeakOptions): Search {
  const { acquisition, initial, perIteration } = settings;
  const predictor = predictorByName(settings.predictor);
  const encoding = settings.encoding ?? predictor.encoding;
  const size = settings.ensemble ?? (acquisition === 'uniform-top' ? 1 : PUBLISHED_ENSEMBLE);
  const ensemble = new WeakEnsemble(problem, predictor, predictor.options.parse(settings.predictorOptions), size);
  let queue: number[] = [];
  let candidates: Candidates | undefined;

  async function nextRound(all: Candidates, evaluations: readonly Evaluation[], random: Random): Promise<number[]> {
    const rows = evaluations.map(({ text }) => all.indexOf.get(text)!);
    const targets = evaluations.map(({ fitness }) => fitness);
    const evaluated = new Set(rows);
    const predictions = await ensemble.predict(all.features(encoding), rows, targets);
    if (acquisition === 'thompson') return thompson(predictions, evaluated, perIteration, random);
    const mean = meanOf(predictions);
    if (acquisition === 'uniform-top') {
      const round = Math.max(0, Math.floor((evaluations.length - initial) / perIteration));
      return drawFromTop(ranking(mean, random), evaluated, topOfRound(settings, round), perIteration, random);
    }
    const deviation = deviationOf(predictions, predictor.name);
    const scores = acquisitionScores(acquisition, { mean, deviation, best: Math.max(...targets) }, random);
    return ranking(scores, random)
      .filter((candidate) => !evaluated.has(candidate))
      .slice(0, perIteration);
  }

  return samplingSearch(problem, {
    method: NAME,
    total: settings.evaluations,
    async propose(evaluations, random) {
      candidates ??= candidatesOf(problem.space, settings.pool, problem.seed);
      if (queue.length === 0)
        queue =
          evaluations.length === 0
            ? drawFirst(candidates, initial, random)
            : await nextRound(candidates, evaluations, random);
      const next = queue.shift();
      return next === undefined ? undefined : { architecture: candidates.architectures[next] };
    },
    state: {
      save: () => ({ queue }),
      restore: (values) => {
        queue = [...(values.queue as number[])];
      },
    },
    dispose: () => ensemble.dispose(),
  });
}

function drawFirst({ texts }: Candidates, count: number, random: Random): number[] {
  const drawn = new Set<number>();
  while (drawn.size < Math.min(count, texts.length)) drawn.add(random.integer(texts.length));
  return [...drawn];
}

/** N of a round, from 0. */
export function topOfRound(
  { top, topStart = top, topDecay }: Pick<WeakOptions, 'top' | 'topStart' | 'topDecay'>,
  round: number,
): number {
  return Math.max(top, Math.floor(topStart * topDecay ** round));
}

/** Uniformly sampled from the unevaluated ones among the first `top`; when these are too few, the next of the ranking are added. */
export function drawFromTop(
  ranked: readonly number[],
  evaluated: ReadonlySet<number>,
  top: number,
  count: number,
  random: Random,
): number[] {
  const unknown = (part: readonly number[]) => part.filter((candidate) => !evaluated.has(candidate));
  const drawn = random.shuffle(unknown(ranked.slice(0, top))).slice(0, count);
  if (drawn.length === count) return drawn;
  return [...drawn, ...unknown(ranked.slice(top)).slice(0, count - drawn.length)];
}

/** Candidates by decreasing score, ties (frequent with trees) in random order: with a fixed order some would never be chosen. */
function ranking(scores: Float64Array, random: Random): number[] {
  return random.shuffle(Array.from(scores.keys())).sort((a, b) => scores[b] - scores[a]);
}

/** Each architecture is the best by a randomly sampled member of the ensemble (Thompson sampling). */
function thompson(
  predictions: readonly Prediction[],
  evaluated: ReadonlySet<number>,
  count: number,
  random: Random,
): number[] {
  const rankings = predictions.map(({ mean }) => ranking(mean, random));
  const taken = new Set(evaluated);
  const chosen: number[] = [];
  while (chosen.length < count) {
    const next = random.choice(rankings).find((candidate) => !taken.has(candidate));
    if (next === undefined) return chosen;
    taken.add(next);
    chosen.push(next);
  }
  return chosen;
}
