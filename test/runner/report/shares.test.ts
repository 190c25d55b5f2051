import { describe, expect, it } from 'vitest';
import { foundCellsSection } from '../../../runner/report/foundCells.js';
import { sharesSection } from '../../../runner/report/shares.js';
import type { StudyResults } from '../../../src/nas/transfer/results.js';
import { exampleResults } from './exampleResults.js';

/** Two seeds of one search by DARTS whose skips take over; the second stops an epoch earlier. */
function withTelemetry(): StudyResults {
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

describe('the shares of operations in a report', () => {
  it('are means over the seeds that came to an epoch, a line for each operation', () => {
    const text = String(sharesSection(withTelemetry()));
    expect(text.match(/<figure/g)).toHaveLength(1);
    expect(text).toContain('skip_connect ends at 0.90; sep_conv_3x3 ends at 0.10');
    const paths = [...text.matchAll(/d="M([^"]*)l0 0"/g)].map(([, path]) =>
      path.split('L').map((at) => at.split(' ').map(Number)),
    );
    expect(paths).toHaveLength(2);
    const [skip, convolution] = paths;
    expect(skip).toHaveLength(3);
    // Both begin at one half, and the second epoch's mean is 0.7.
    expect(skip[0]).toEqual(convolution[0]);
    const [top, middle, half] = [skip[2][1], skip[1][1], skip[0][1]];
    expect((middle - half) / (top - half)).toBeCloseTo(0.5, 1);
  });

  it('are none where no search has telemetry', () => {
    expect(sharesSection(exampleResults())).toBeNull();
  });
});

describe('the cells found', () => {
  it('have what their searches warn of, and which stopped early', async () => {
    const text = String(await foundCellsSection(withTelemetry()));
    expect(text).toContain('half of the edges or more became skip connections');
    expect(text).toContain('darts from emoji, seed 1, stopped after epoch 2: 2 skip connections');
  });
});
