import { describe, expect, it } from 'vitest';
import { foundCellsSection } from '../../../runner/report/foundCells.js';
import { sharesSection } from '../../../runner/report/shares.js';
import { exampleResults } from './exampleResults.js';
import { withEqualShares, withTelemetry } from './exampleShares.js';

describe('the shares of operations in a report', () => {
  it('are means over the seeds that reached an epoch, a line for each operation', () => {
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

  it('that hardly differ look so: the axis starts at zero and ends at twice the equal share, or beyond', () => {
    const text = String(sharesSection(withEqualShares()));
    const heights = [...text.matchAll(/d="M([^"]*)l0 0"/g)].flatMap(([, path]) =>
      path.split('L').map((at) => Number(at.split(' ')[1])),
    );
    const frame = Number(/<svg x="[^"]*" y="[^"]*" width="[^"]*" height="([\d.]+)"/.exec(text)![1]);
    expect(Math.max(...heights) - Math.min(...heights)).toBeLessThan(0.01 * frame);
    const labels = [...text.matchAll(/text-anchor="end">([\d.]+)</g)].map(([, label]) => Number(label));
    expect(Math.min(...labels)).toBe(0);
    expect(Math.max(...labels)).toBeGreaterThanOrEqual(0.4);
  });

  it('are absent if no search has telemetry', () => {
    expect(sharesSection(exampleResults())).toBeNull();
  });
});

describe('the cells found', () => {
  it('have the warnings of their searches, and which stopped early', async () => {
    const text = String(await foundCellsSection(withTelemetry()));
    expect(text).toContain('half of the edges or more became skip connections');
    expect(text).toContain('darts from emoji, seed 1, stopped after epoch 2: 2 skip connections');
  });
});
