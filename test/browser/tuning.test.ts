import { describe, expect, it } from 'vitest';
import type { TuningRecord } from '../../src/engine/tuner/record.js';
import { noBundle } from '../engine/device/bundle.js';
import { runInBrowser } from './browser.js';

if (noBundle !== undefined) console.warn(`skipped: tuning in a browser: ${noBundle}`);

describe.skipIf(noBundle !== undefined)('tuning in Chromium', () => {
  it('measures kernels and stores the results in IndexedDB, for their current version', async () => {
    const result = (await runInBrowser('tuningEntry.ts')) as Record<string, unknown>;
    const records = result.records as TuningRecord[];
    expect(records).toMatchObject([{ usual: 'quads-2', rejected: [] }]);
    expect(records[0].times.every(({ microseconds }) => microseconds > 0)).toBe(true);
    expect(result).toMatchObject({
      before: { records: [] },
      after: { records },
      digest: expect.stringMatching(/^[0-9a-f]{12}$/),
      stale: null,
      removed: { records: [] },
      notices: ['the tuning of this adapter is for other kernels and not used'],
    });
  });
});
