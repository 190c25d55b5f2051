import { rmSync } from 'node:fs';
import picocolors from 'picocolors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../../runner/commands/program.js';
import { tools } from '../../../runner/defaultTools.js';
import type { Tools } from '../../../runner/tools/tools.js';
import type { Gpu } from '../../../src/engine/device/gpu.js';
import type { SearchOutcome } from '../../../src/nas/records/outcome.js';
import { dataFolder, noTunings } from './support.js';

let data: string;
beforeAll(() => {
  data = dataFolder();
});
afterAll(() => rmSync(data, { recursive: true }));

const tiny = [
  '--epochs',
  '1',
  '--batch',
  '10',
  '--channels',
  '4',
  '--cells',
  '1',
  '--size',
  '8',
  '--image-channels',
  '1',
];

async function search(args: readonly string[], used: Partial<Tools> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runProgram(
    ['search', '--source', 'tiny', '--data-dir', data, ...tiny, ...args],
    { ...tools, openTunings: async () => noTunings, ...used },
    {
      colours: picocolors.createColors(false),
      print: (text) => out.push(text),
      json: (value) => out.push(JSON.stringify(value)),
      notice: (text) => err.push(text),
      stream: { write: (text) => err.push(text.trimEnd()) },
    },
  );
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('search --plan', () => {
  it('prints the memory of a search by parts, the limit of the device, and what would reduce it', async () => {
    const { code, out, err } = await search(['--method', 'darts', '--plan', '--json']);
    expect(code, err).toBe(0);
    const plan = JSON.parse(out);
    expect(plan).toMatchObject({ space: 'nasbench201', method: 'darts', fits: true });
    expect(plan.weights + plan.optimizer + plan.images + plan.programs).toBe(plan.total);
    // Both splits of 40 images of 64 bytes and their labels.
    expect(plan.images).toBeGreaterThan(40 * (64 + 4));
    expect(plan.remedies.length).toBeGreaterThan(0);
    for (const { total } of plan.remedies) expect(total).toBeLessThan(plan.total);
    const table = await search(['--method', 'darts', '--plan']);
    expect(table.out).toMatch(/^programs +\d+\.\d$/m);
    expect(table.out).toContain('it fits');
    expect(table.out).toMatch(/^option checkpoint=true +\d+\.\d +yes$/m);
  });

  it('is refused for a method that trains no supernet', async () => {
    const { code, err } = await search(['--method', 'random', '--plan']);
    expect(code).toBe(2);
    expect(err).toContain('--plan: random trains no supernet');
  });
});

describe('search', () => {
  it('reports on standard error why it stopped and what to distrust, and keeps both in its JSON', async () => {
    const outcome: SearchOutcome = {
      architecture: 'a cell',
      epochs: [],
      evaluations: [],
      warnings: ['none dominates', 'the architecture is disconnected'],
      stopped: { epoch: 3, reason: 'two skips' },
    };
    const pretended: Partial<Tools> = {
      openGpu: async () =>
        ({ info: { kind: 'hardware', name: 'none', driver: 'none' }, dispose() {} }) as unknown as Gpu,
      createExecutors: async () => ({
        search: async () => outcome,
        train: () => Promise.reject(new Error('no training was expected')),
      }),
    };
    const { code, out, err } = await search(['--method', 'darts'], pretended);
    expect(code).toBe(0);
    expect(out).toBe('a cell');
    expect(err).toContain('stopped after epoch 3: two skips');
    expect(err).toContain('warning: none dominates\nwarning: the architecture is disconnected');
    expect(JSON.parse((await search(['--method', 'darts', '--json'], pretended)).out)).toMatchObject({
      warnings: outcome.warnings,
      stopped: outcome.stopped,
    });
  });
});
