import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowChunks } from '../../../../src/engine/ops/record/rowLoop.js';

describe('the split of rows among invocations', () => {
  it.each([0, 4, 8])('covers every row once, on a driver of %i lanes (0: a GPU)', (softwareLanes) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 200 }), (rows, most) => {
        const { chunks, chunkStart, chunkSpan, rowStep } = rowChunks(rows, 3, most, { softwareLanes });
        expect(chunks).toBeLessThanOrEqual(most);
        const taken: number[] = [];
        for (let chunk = 0; chunk < chunks; chunk++) {
          const start = chunk * chunkStart;
          expect(start).toBeLessThan(rows);
          for (let row = start; row < Math.min(start + chunkSpan, rows); row += rowStep) taken.push(row);
        }
        expect(taken.sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, row) => row));
      }),
      { seed: 1 },
    );
  });
});
