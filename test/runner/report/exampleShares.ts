import type { StudyResults } from '../../../src/nas/transfer/results.js';
import { exampleResults } from './exampleResults.js';

/** Two seeds of one DARTS search that collapses to skip connections; the second stops an epoch earlier. */
export function withTelemetry(): StudyResults {
  const results = exampleResults();
  const epoch = (number: number, skip: number) => ({
    epoch: number,
    learningRate: 0.1,
    trainLoss: 1,
    trainAccuracy: 0.5,
    telemetry: { tables: [{ name: 'normal', shares: { skip_connect: skip, sep_conv_3x3: 1 - skip }, skips: 2 }] },
  });
  const [search] = results.searches;
  const searches = [
    { ...search, method: 'darts', source: 'emoji', seed: 0, epochs: [epoch(1, 0.5), epoch(2, 0.6), epoch(3, 0.9)] },
    {
      ...search,
      method: 'darts',
      source: 'emoji',
      seed: 1,
      epochs: [epoch(1, 0.5), epoch(2, 0.8)],
      warnings: ['half of the edges or more became skip connections'],
      stopped: { epoch: 2, reason: '2 skip connections in the derived cell' },
    },
  ];
  return { ...results, searches, jobs: [] };
}

/** DARTS searches of few epochs, in which the shares of five operations stay near one fifth. */
export function withEqualShares(): StudyResults {
  const results = exampleResults();
  const operations = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'];
  return {
    ...results,
    searches: results.searches.map((search) => ({
      ...search,
      epochs: search.epochs.map((epoch, i) => ({
        ...epoch,
        telemetry: {
          tables: [
            {
              name: 'normal',
              shares: Object.fromEntries(operations.map((name, place) => [name, 0.2 + 0.0001 * (place - 2) * i])),
              skips: 1,
            },
          ],
        },
      })),
    })),
  };
}
