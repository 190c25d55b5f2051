import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createProgress } from '../../../runner/progress/progress.js';
import { conductTableRun } from '../../../runner/tableRun/conduct.js';
import type { TableRunPlan } from '../../../runner/tableRun/plan.js';
import type { Gpu } from '../../../src/engine/device/gpu.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { samplingSearch } from '../../../src/nas/methods/sampling/samplingSearch.js';
import type { Method } from '../../../src/nas/search/method.js';
import { spaceByName } from '../../../src/nas/spaces/spaces.js';
import { fakeTable } from '../../nas/tables/fakeTable.js';

/** Random sampling; one of the two requires a device, as methods with a network as predictor do. */
const started: string[] = [];
const drawing = (name: string, withDevice: boolean): Method => ({
  name,
  paper: 'none',
  summary: 'draws at random',
  options: z.strictObject({}),
  needs: () => 'training',
  start: (problem) =>
    samplingSearch(problem, {
      method: name,
      total: 3,
      async propose(evaluations, random) {
        if (evaluations.length > 0 && withDevice) started.push(String(await problem.engine?.()));
        return { architecture: problem.space.random(random) };
      },
    }),
});
const methods = [drawing('plain', false), drawing('predicting', true)];

vi.mock('../../../src/nas/methods/methods.js', () => ({
  methodByName: (name: string) => methods.find((method) => method.name === name),
  METHOD_NAMES: ['plain', 'predicting'],
}));

const cells = [...spaceByName('nasbench201').enumerate()].map((cell) => spaceByName('nasbench201').format(cell));
const measurement = (split: 'validation' | 'test') => ({ set: 'set', split, epochs: 12, seed: 'one' }) as const;
const lookedUp = new Map(cells.map((cell, row) => [cell, row]));
const table = {
  ...fakeTable(
    cells,
    (['validation', 'test'] as const).map((split) => ({
      measurement: measurement(split),
      accuracies: cells.map((_, row) => row / cells.length),
    })),
    { space: 'nasbench201' },
  ),
  indexOf: (cell: string) => lookedUp.get(cell)!,
};

const plan: TableRunPlan = {
  methods: methods.map(({ name }) => ({ label: name, name, options: {}, seen: [{ epochs: 12, seed: 'one' }] })),
  seen: measurement('validation'),
  sources: ['set'],
  limits: {},
  seeds: [0, 1, 2],
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-device-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => void started.splice(0));

function run(adapter: string, methods = plan.methods) {
  let opened = 0;
  const results = conductTableRun(
    { ...plan, methods },
    {
      table,
      choice: { name: 'fake' },
      jobs: 1,
      out: folder,
      openDevice: async () => {
        opened++;
        const gpu = { info: { kind: 'other-software', name: adapter } } as unknown as Gpu;
        return { gpu, engine: `engine of ${adapter}` as unknown as Engine };
      },
      progress: createProgress({ write: () => true }),
    },
  );
  return results.then(({ searches }) => ({ searches, opened }));
}

describe('a method that requires a device', () => {
  it('gets it in the process that has it, and its searches are in their places', async () => {
    const { searches, opened } = await run('one');
    expect(opened).toBe(1);
    expect(searches.map(({ method, seed }) => `${method} ${seed}`)).toEqual(
      plan.methods.flatMap(({ label }) => plan.seeds.map((seed) => `${label} ${seed}`)),
    );
    expect(started).toEqual(Array.from({ length: 6 }, () => 'engine of one'));
  });

  it('is not run again on the same adapter, but is on another', async () => {
    await run('one');
    expect(started).toEqual([]);
    await run('other');
    expect(started).toHaveLength(6);
  });

  it('opens none if no method requires one', async () => {
    expect((await run('one', plan.methods.slice(0, 1))).opened).toBe(0);
  });
});
