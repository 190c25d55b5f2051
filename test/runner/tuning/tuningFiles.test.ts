import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tuningFiles } from '../../../runner/tuning/tuningFiles.js';
import type { AdapterSummary } from '../../../src/engine/device/adapter.js';
import { shaderSources } from '../../../src/engine/kernels/shaderSources.js';
import { applyTuning } from '../../../src/engine/tuner/applied.js';
import type { TuningRecord } from '../../../src/engine/tuner/record.js';
import { loadTuning, removeTuning, saveTuning } from '../../../src/engine/tuner/saved.js';

const info: AdapterSummary = {
  kind: 'hardware',
  name: 'some gpu',
  vendor: 'somebody',
  architecture: 'old',
  description: 'driver 1.2',
  driver: 'driver 1.2',
  backend: 'vulkan',
};

const record = (key: string, chosen: string): TuningRecord => ({
  key,
  measuredOn: 'conv2d f32[1, 1, 1, 1], f32[1, 1, 1, 1]',
  usual: 'direct-1x1',
  chosen,
  times: [{ variant: 'direct-1x1', microseconds: 12.5 }],
  rejected: [{ variant: 'direct-2x2', reason: 'output 0, element 3: got 1, wanted 2 within 0.1' }],
});
const records = [record('conv2d a', 'direct-2x2'), record('conv2d b', 'direct-1x1')];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-tuning-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (): string => join(folder, 'tuning', readdirSync(join(folder, 'tuning'))[0]);
const store = () => tuningFiles(join(folder, 'tuning'));

async function applied(gpu = { info }) {
  const notices: string[] = [];
  const tuning = await applyTuning(gpu, store(), (text) => notices.push(text));
  return { tuning, notices };
}

describe('the tuning of an adapter', () => {
  it('is stored completely, and no other file is left', async () => {
    expect(await loadTuning({ info }, store())).toEqual({ records: [] });
    await saveTuning({ info }, store(), records);
    expect(await loadTuning({ info }, store())).toEqual({ records });
    expect(readdirSync(join(folder, 'tuning'))).toHaveLength(1);
    await saveTuning({ info }, store(), records.slice(1));
    expect(await loadTuning({ info }, store())).toEqual({ records: records.slice(1) });
    expect(readdirSync(join(folder, 'tuning'))).toHaveLength(1);
    await removeTuning({ info }, store());
    await removeTuning({ info }, store());
    expect(await loadTuning({ info }, store())).toEqual({ records: [] });
  });

  it('applies the choices that differ from the default, under a name that depends only on them', async () => {
    await saveTuning({ info }, store(), records);
    const { tuning, notices } = await applied();
    expect(notices).toEqual([]);
    expect([...(tuning?.variants ?? [])]).toEqual([['conv2d a', 'direct-2x2']]);
    expect(tuning?.digest).toMatch(/^[0-9a-f]{12}$/);
    await saveTuning({ info }, store(), [{ ...records[0], times: [] }]);
    expect((await applied()).tuning?.digest).toBe(tuning?.digest);
    await saveTuning({ info }, store(), [record('conv2d b', 'direct-2x2')]);
    expect((await applied()).tuning?.digest).not.toBe(tuning?.digest);
  });

  it('that has only default variants equals none', async () => {
    await saveTuning({ info }, store(), records.slice(1));
    expect(await applied()).toEqual({ tuning: undefined, notices: [] });
  });

  it('is not used with another driver or another adapter', async () => {
    await saveTuning({ info }, store(), records);
    for (const changed of [{ driver: 'driver 1.3' }, { name: 'another gpu' }, { backend: 'd3d12' }])
      expect(await applied({ info: { ...info, ...changed } })).toEqual({ tuning: undefined, notices: [] });
  });

  it('is not used with other kernels, and this is reported', async () => {
    await saveTuning({ info }, store(), records);
    shaderSources['test/new'] = '// A kernel that was not there.';
    try {
      expect(await applied()).toEqual({
        tuning: undefined,
        notices: ['the tuning of this adapter is for other kernels and not used'],
      });
    } finally {
      delete shaderSources['test/new'];
    }
    expect((await applied()).tuning).toBeDefined();
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, text.length / 2), /can't be read and is not used/],
    ['of another format', (text: string) => text.replace('"format": 1', '"format": 2'), /is damaged and not used/],
    ['with broken records', (text: string) => text.replaceAll('"chosen"', '"chose"'), /is damaged and not used/],
    ['of nothing', () => 'null', /is damaged and not used/],
  ])('in a file %s is not used, and a word says so', async (_, damage, word) => {
    await saveTuning({ info }, store(), records);
    writeFileSync(fileOf(), damage(readFileSync(fileOf(), 'utf8')));
    const { tuning, notices } = await applied();
    expect(tuning).toBeUndefined();
    expect(notices).toEqual([expect.stringMatching(word)]);
  });
});
