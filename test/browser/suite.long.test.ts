// Long: the kernel suite in Chromium, at every sample, compared with Node
import { describe, expect, it } from 'vitest';
import { open } from '../../src/engine/device/node/index.js';
import { operations } from '../../src/engine/ops/operations.js';
import { Engine } from '../../src/engine/runtime/engine.js';
import { noBundle } from '../engine/device/bundle.js';
import { samplesFor } from '../engine/support/sampleData.js';
import { runInBrowser } from './browser.js';
import { runSuite, type SuiteResult } from './suite.js';

if (noBundle !== undefined) console.warn(`skipped: the kernel suite in a browser: ${noBundle}`);

describe.skipIf(noBundle !== undefined)('the engine in Chromium', () => {
  it('passes the kernel suite and computes the same numbers as Node on the same driver', async () => {
    const gpu = await open({ adapter: 'swiftshader' });
    const engine = new Engine(gpu);
    const [browser, node] = await Promise.all([
      runInBrowser('suiteEntry.ts') as Promise<SuiteResult>,
      runSuite(engine),
    ]);
    const { target } = engine;
    engine.dispose();
    gpu.dispose();

    expect(browser.problems).toEqual({});
    const samples = operations.reduce((count, operation) => count + samplesFor(operation, target).length, 0);
    if (!target.f16) console.warn('skipped: samples with f16, in a browser: SwiftShader has no shader-f16');
    expect(Object.keys(browser.outputs)).toHaveLength(samples);
    const different: string[] = [];
    for (const [name, outputs] of Object.entries(node.outputs))
      outputs.forEach(({ values, allowed }, i) => {
        const other = browser.outputs[name][i].values;
        const worst = values.reduce((largest, value, j) => Math.max(largest, Math.abs(value - other[j])), 0);
        if (!(worst <= allowed)) different.push(`${name}, output ${i}: differs by ${worst}, allowed ${allowed}`);
      });
    expect(different).toEqual([]);

    expect(browser.losses).toHaveLength(10);
    browser.losses.forEach((loss, step) => {
      expect(loss).toBeCloseTo(node.losses[step], 4);
    });
  });
});
