import { z } from 'zod';
import { Random } from '../../engine/random/random.js';
import { ENCODING_NAMES, selectRows } from '../predictors/encodings.js';
import type { EncodingName, Features, Prediction } from '../predictors/predictor.js';
import { PREDICTOR_NAMES, predictorByName } from '../predictors/predictors.js';
import { ACQUISITIONS, acquisitionScores } from './acquisition.js';
import { type Candidates, candidatesOf } from './candidates.js';
import { type Method, type Problem, type Search, SearchError } from './method.js';
import { type Evaluation, samplingSearch } from './samplingSearch.js';

const options = z.strictObject({
  initial: z.int().min(1).default(10).describe('random architectures evaluated before the first predictor (M0)'),
  perIteration: z.int().min(1).default(10).describe('architectures evaluated a round (M)'),
  top: z.int().min(1).default(100).describe('highest predictions that a round draws from (N)'),
  topStart: z
    .int()
    .min(1)
    .optional()
    .describe('N of the first round, which then falls by topDecay a round down to top; left out: top at once'),
  topDecay: z.number().gt(0).max(1).default(0.96),
  evaluations: z.int().min(1).default(200).describe('architectures evaluated in all'),
  predictor: z
    .enum(PREDICTOR_NAMES as [string, ...string[]])
    .default('gradient-boosting')
    .describe('weak predictor, fitted anew every round on all that was evaluated; the published default is mlp'),
  predictorOptions: z.record(z.string(), z.unknown()).default({}),
  encoding: z
    .enum(ENCODING_NAMES as [EncodingName, ...EncodingName[]])
    .optional()
    .describe('left out: that of the predictor'),
  ensemble: z
    .int()
    .min(1)
    .optional()
    .describe('predictors of other seeds, averaged; left out: 5 for acquisitions that need a deviation, else 1'),
  acquisition: z
    .enum(ACQUISITIONS)
    .default('uniform-top')
    .describe('uniform-top: drawn evenly from the top N; others: the best M by expected improvement and the like'),
  pool: z.int().min(2).default(10_000).describe('candidates, in spaces too large to be enumerated'),
});
type WeakOptions = z.infer<typeof options>;

const NAME = 'weaknas';
/** The published number of predictors in an ensemble. */
const PUBLISHED_ENSEMBLE = 5;

/**
 * WeakNAS (Wu et al., NeurIPS 2021, 2102.10490): weak predictors, each fitted on all that was evaluated, lead step by step to
 * the good part of the space. Accuracies are standardised over those evaluated; the published code takes the mean and
 * deviation of the whole table, which a search can't know. The result is the architecture of the highest validation
 * accuracy seen; the published figures take the highest test accuracy instead.
 */
export const weaknas: Method<WeakOptions> = { name: NAME, options, needs: () => 'training', start };

function start(problem: Problem, settings: WeakOptions): Search {
  let queue: number[] = [];
  let candidates: Candidates | undefined;
  const known = () => (candidates ??= candidatesOf(problem.space, settings.pool, problem.seed));

  return samplingSearch(problem, {
    method: NAME,
    total: settings.evaluations,
    async propose(evaluations, random) {
      const all = known();
      if (queue.length === 0)
        queue =
          evaluations.length === 0
            ? drawFirst(all, settings.initial, random)
            : await nextRound(problem, settings, all, evaluations, random);
      const next = queue.shift();
      return next === undefined ? undefined : { architecture: all.architectures[next] };
    },
    state: {
      save: () => ({ queue }),
      restore: (values) => {
        queue = [...(values.queue as number[])];
      },
    },
  });
}

function drawFirst({ texts }: Candidates, count: number, random: Random): number[] {
  const drawn = new Set<number>();
  while (drawn.size < Math.min(count, texts.length)) drawn.add(random.integer(texts.length));
  return [...drawn];
}

async function nextRound(
  problem: Problem,
  settings: WeakOptions,
  candidates: Candidates,
  evaluations: readonly Evaluation[],
  random: Random,
): Promise<number[]> {
  const rows = evaluations.map(({ text }) => candidates.indexOf.get(text)!);
  const targets = standardised(evaluations.map(({ fitness }) => fitness));
  const evaluated = new Set(rows);
  const { acquisition, perIteration } = settings;
  const predictions = await predict(problem, settings, candidates, rows, targets);
  if (acquisition === 'thompson') return thompson(predictions, evaluated, perIteration, random);
  const { mean, deviation } = combined(predictions, acquisition !== 'uniform-top', settings.predictor);
  if (acquisition !== 'uniform-top') {
    const scores = acquisitionScores(acquisition, { mean, deviation, best: Math.max(...targets) }, random);
    return ranking(scores, random)
      .filter((candidate) => !evaluated.has(candidate))
      .slice(0, perIteration);
  }
  const round = Math.max(0, Math.floor((evaluations.length - settings.initial) / perIteration));
  return drawFromTop(ranking(mean, random), evaluated, topOfRound(settings, round), perIteration, random);
}

/** N of a round, from 0. */
export function topOfRound(
  { top, topStart = top, topDecay }: Pick<WeakOptions, 'top' | 'topStart' | 'topDecay'>,
  round: number,
): number {
  return Math.max(top, Math.floor(topStart * topDecay ** round));
}

/** Evenly drawn from those of the first `top` that were not evaluated; where these are too few, the next of the ranking are added. */
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

/** Candidates by falling score. Equal ones, of which trees give many, lie in random order: any other would hide some from every round. */
function ranking(scores: Float64Array, random: Random): number[] {
  return random.shuffle(Array.from(scores.keys())).sort((a, b) => scores[b] - scores[a]);
}

async function predict(
  problem: Problem,
  settings: WeakOptions,
  candidates: Candidates,
  rows: readonly number[],
  targets: readonly number[],
): Promise<Prediction[]> {
  const predictor = predictorByName(settings.predictor);
  const features: Features = candidates.features(settings.encoding ?? predictor.encoding);
  const members = settings.ensemble ?? (settings.acquisition === 'uniform-top' ? 1 : PUBLISHED_ENSEMBLE);
  const parsed = predictor.options.parse(settings.predictorOptions);
  const predictions: Prediction[] = [];
  for (let member = 0; member < members; member++) {
    const seed = new Random(problem.seed, `${NAME} predictor ${rows.length} ${member}`).uint32();
    const regressor = predictor.create({ space: problem.space, seed, engine: problem.engine }, parsed);
    try {
      await regressor.fit(selectRows(features, rows), targets);
      predictions.push(await regressor.predict(features));
    } finally {
      regressor.dispose?.();
    }
  }
  return predictions;
}

/**
 * Mean and deviation of an ensemble; the deviation over its members is divided by their number, as published. Of one
 * predictor, its own.
 */
function combined(
  predictions: readonly Prediction[],
  needsDeviation: boolean,
  name: string,
): { mean: Float64Array; deviation: Float64Array } {
  const [first] = predictions;
  const count = predictions.length;
  if (count === 1) {
    const deviation = needsDeviation ? first.deviation : new Float64Array(first.mean.length);
    if (deviation) return { mean: first.mean, deviation };
    throw new SearchError(
      `${NAME}: ${name} tells no deviation; set ensemble to 2 or more, or acquisition to uniform-top`,
    );
  }
  const mean = first.mean.map((_, i) => predictions.reduce((sum, prediction) => sum + prediction.mean[i], 0) / count);
  const deviation = mean.map((center, i) => {
    const squares = predictions.reduce((sum, prediction) => sum + (prediction.mean[i] - center) ** 2, 0);
    return Math.sqrt(squares / count) / count;
  });
  return { mean, deviation };
}

/** Each of the architectures is the best by a member of the ensemble drawn anew (Thompson sampling). */
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

function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
  return values.map((value) => (value - mean) / deviation);
}
