// Long: training offers methods what a table does
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchOutcome } from '../../../src/nas/records/outcome.js';
import { ensureBuilt } from '../../package/built.js';
import { nastransfer } from './child.js';
import { dataFolder, tinyWork } from './support.js';

let data: string;
beforeAll(async () => {
  await ensureBuilt();
  data = dataFolder();
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

// Every process compiles its kernels: seconds on lavapipe, more on SwiftShader.
describe('on the device', () => {
  it('training offers methods what a table does: lengths, costs, a device for predictors', async () => {
    const search = async (method: string, options: string[]) => {
      const flags = options.flatMap((option) => ['--option', option]);
      const args = ['search', '--method', method, ...flags, '--source', 'tiny', '--data-dir', data, ...tinyWork];
      const { code, out, err } = await nastransfer([...args, '--epochs', '3', '--json']);
      expect(code, err).toBe(0);
      return JSON.parse(out) as SearchOutcome;
    };
    const bohb = await search('bohb', ['brackets=2']);
    expect(new Set(bohb.evaluations.map(({ epochs }) => epochs))).toEqual(new Set([1, 3]));
    const { front } = await search('nsga2', [
      'population=3',
      'offspring=2',
      'generations=2',
      'objectives=["multiplyAdds"]',
    ]);
    for (const { objectives } of front!) expect(objectives.multiplyAdds).toBeGreaterThan(0);
    const weak = await search('weaknas', ['initial=3', 'perIteration=2', 'evaluations=5', 'predictor=mlp']);
    expect(new Set(weak.evaluations.map(({ architecture }) => architecture)).size).toBe(5);
  });
});
