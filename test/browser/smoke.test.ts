import { describe, expect, test } from 'vitest';
import { REQUIRED_LIMITS } from '../../src/engine/device/adapter.js';
import { noBundle } from '../engine/device/bundle.js';
import { runInBrowser } from './browser.js';

if (noBundle !== undefined) console.warn(`skipped: tests in a browser: ${noBundle}`);

describe.skipIf(noBundle !== undefined)('in Chromium', () => {
  test('a device opens and computes', async () => {
    const result = (await runInBrowser('smokeEntry.ts')) as Record<string, Record<string, unknown>>;
    expect(result.doubled).toEqual([2, -5, 6]);
    expect(result.info.kind).toBe('swiftshader');
    for (const [name, wanted] of Object.entries(REQUIRED_LIMITS)) {
      expect(result.limits[name], name).toBeGreaterThanOrEqual(wanted);
    }
  });

  test('an entry that fails is reported with its error', async () => {
    await expect(runInBrowser('failingEntry.ts')).rejects.toThrow('this entry fails on purpose');
  });

  test('an entry that logs an error does not pass', async () => {
    await expect(runInBrowser('loggingEntry.ts')).rejects.toThrow('this entry logs on purpose');
  });
});
