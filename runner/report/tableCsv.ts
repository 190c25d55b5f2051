import type { PredictionResults, ScoreResults } from '../../src/nas/tables/index.js';
import { csv } from './csv.js';

/** One line for each predictor, encoding and number of architectures fitted on. */
export function predictionsCsv({ predictors }: PredictionResults): string {
  const header =
    'predictor,encoding,fitted,spearmanMean,spearmanDeviation,kendallMean,kendallDeviation,count,fitSeconds,predictSeconds';
  return csv(
    header.split(','),
    predictors.map(({ label, encoding, fitted, spearman, kendall, fitSeconds, predictSeconds }) => [
      label,
      encoding,
      fitted,
      spearman.mean,
      spearman.deviation,
      kendall.mean,
      kendall.deviation,
      spearman.count,
      fitSeconds.mean,
      predictSeconds.mean,
    ]),
  );
}

/** One line for each architecture and score. */
export function scoresCsv({ cells }: ScoreResults): string {
  return csv(
    ['architecture', 'index', 'score', 'value', 'seconds'],
    cells.flatMap(({ architecture, index, scores, seconds }) =>
      Object.entries(scores).map(([score, value]) => [architecture, index, score, value, seconds[score]]),
    ),
  );
}

/** One line for each score and measurement. */
export function scoreCorrelationsCsv({ correlations }: ScoreResults): string {
  const header =
    'score,set,split,epochs,trainingSeed,spearman,kendall,count,secondsMean,secondsDeviation,publishedSpearman,publishedSource';
  return csv(
    header.split(','),
    correlations.map(({ score, measurement, spearman, kendall, count, seconds, published }) => [
      score,
      measurement.set,
      measurement.split,
      measurement.epochs,
      measurement.seed,
      spearman,
      kendall,
      count,
      seconds.mean,
      seconds.deviation,
      published?.spearman,
      published?.source,
    ]),
  );
}
