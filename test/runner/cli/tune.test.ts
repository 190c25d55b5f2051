import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../../runner/commands/program.js';
import { tools } from '../../../runner/defaultTools.js';
import type { Output } from '../../../runner/progress/output.js';
import { tuningFiles } from '../../../runner/tuning/tuningFiles.js';
import type { AdapterSummary } from '../../../src/engine/device/adapter.js';
import type { TuningRecord } from '../../../src/engine/tuner/record.js';
import { type SavedTuning, saveTuning, type TuningStore } from '../../../src/engine/tuner/saved.js';
import type { StudyResults } from '../../../src/nas/transfer/results.js';
import { dataFolder, runCommand } from './support.js';

let data: string;
let folder: string;
beforeAll(() => {
  data = dataFolder();
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-tune-'));
});
afterAll(() => {
  for (const path of [data, folder]) rmSync(path, { recursive: true, force: true });
});

describe('tune', () => {
  it.each([
    [['--study', 'not-there.json'], "not-there.json: can't be read"],
    [['--study', 'studies/smoke.json', '--channels', '8'], 'got --study and sizes, wanted one of them'],
    [['--study', 'studies/smoke.json', '--supernet'], 'got --study and --supernet, wanted one of them'],
    [['--supernet', '--space', 'darts', '--channels', '6'], 'channels is 6, wanted a multiple of 4'],
    [['--seconds', '0'], 'Wanted a whole number of at least 1'],
    [['--space', 'nowhere'], 'Space "nowhere" is not known'],
    [['--size', '30'], 'imageSize: got 30, wanted a multiple of 4'],
    [['--channels', '6'], 'channels is 6, wanted a multiple of 4'],
  ])('with %j ends with exit code 2 and says what is wrong, before a device is opened', async (args, message) => {
    const { code, err, out, gpusLeftOpen } = await runCommand(['tune', ...args]);
    expect(err).toContain(message);
    expect({ code, out, gpusLeftOpen }).toEqual({ code: 2, out: '', gpusLeftOpen: 0 });
  });

  it('--clear deletes the measurements', async () => {
    const { store, kept } = await pretendedTuning();
    expect(kept.size).toBe(1);
    const { code, out } = await runCommand(['tune', '--clear'], undefined, store);
    expect({ code, out }).toEqual({ code: 0, out: 'deleted the choices for a pretended device' });
    expect(kept.size).toBe(0);
  });
});

/** A store that has a tuning for the fake device. */
async function pretendedTuning(): Promise<{ store: TuningStore; kept: Map<string, unknown> }> {
  const kept = new Map<string, unknown>();
  const store: TuningStore = {
    read: async (name) => kept.get(name),
    write: async (name, tuning) => void kept.set(name, structuredClone(tuning)),
    remove: async (name) => void kept.delete(name),
  };
  const info = { kind: 'other-software', name: 'a pretended device', driver: 'none 1.0' } as AdapterSummary;
  const record: TuningRecord = {
    key: 'conv2d any',
    measuredOn: 'conv2d',
    usual: 'one',
    chosen: 'another',
    times: [],
    rejected: [],
  };
  await saveTuning({ info }, store, [record]);
  return { store, kept };
}

describe('a study on a device with a tuning', () => {
  let runs = 0;
  async function study(store: TuningStore, ...more: string[]): Promise<{ results: StudyResults; report: string }> {
    const file = join(folder, 'study.json');
    const out = join(folder, `study ${runs++}`);
    const training = { imageSize: 8, imageChannels: 1 };
    const text = { name: 'a study', methods: ['random', 'darts'], sources: ['tiny'], targets: ['tiny'], seeds: [0] };
    writeFileSync(file, JSON.stringify({ ...text, training, search: training }));
    const args = ['study', file, '--out', out, '--data-dir', data, ...more];
    const { code, err } = await runCommand(args, undefined, store);
    expect(code, err).toBe(0);
    return {
      results: JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')),
      report: readFileSync(join(out, 'report.html'), 'utf8'),
    };
  }

  it('identifies its jobs by the tuning, states it in results and report, and omits it if requested', async () => {
    const { store } = await pretendedTuning();
    const tuned = await study(store);
    const usual = await study(store, '--no-tune');
    expect(tuned.results.adapter.tuned).toMatch(/^[0-9a-f]{12}$/);
    expect(usual.results.adapter).toEqual({ name: 'a pretended device', driver: 'none 1.0', kind: 'other-software' });
    expect(tuned.report).toContain(`tuned (${tuned.results.adapter.tuned})`);
    expect(usual.report).not.toContain('tuned (');
    const hashes = ({ results }: typeof tuned) => results.jobs.map(({ hash }) => hash);
    expect(new Set([...hashes(tuned), ...hashes(usual)]).size).toBe(2 * new Set(hashes(tuned)).size);
    expect(tuned.results.rerun).not.toContain('--no-tune');
    expect(usual.results.rerun).toContain('--no-tune');
  });
});

/** Runs a command on the device in this process, with tunings in the test's own folder. */
async function onDevice(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const output: Output = {
    colours: picocolors.createColors(false),
    print: (text) => out.push(text),
    json: (value) => out.push(JSON.stringify(value)),
    notice: (text) => err.push(text),
    stream: { write: (text) => err.push(text) },
  };
  const own = { ...tools, openTunings: async () => tuningFiles(join(folder, 'tuning')) };
  const code = await runProgram(args, own, output);
  return { code, out: out.join('\n'), err: err.join('') };
}

describe('on the device', () => {
  const sizes = ['--channels', '4', '--cells', '1', '--size', '8', '--image-channels', '1', '--batch', '4'];

  it('tune stores its measurements and resumes from them, and runs with one tuning give equal bytes', async () => {
    const tuning = ['tune', ...sizes, '--classes', '2', '--seconds', '3', '--json'];
    const first = await onDevice(tuning);
    expect(first.code, first.err).toBe(0);
    const { records, known } = JSON.parse(first.out) as { records: TuningRecord[]; known: number };
    expect(known).toBe(0);
    expect(records.length).toBeGreaterThan(0);
    expect(records.flatMap(({ rejected }) => rejected)).toEqual([]);
    const second = await onDevice(tuning);
    expect(JSON.parse(second.out)).toMatchObject({ known: records.length });

    // Kernels other than the default ones, whichever was fastest here.
    const [name] = readdirSync(join(folder, 'tuning'));
    const file = join(folder, 'tuning', name);
    const saved = JSON.parse(readFileSync(file, 'utf8')) as SavedTuning;
    const changed = saved.records.map((record) => ({
      ...record,
      chosen: record.times.at(-1)?.variant ?? record.usual,
    }));
    writeFileSync(file, JSON.stringify({ ...saved, records: changed }));
    const cell = '|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_3x3~0|none~1|avg_pool_3x3~2|';
    const train = ['train', '--architecture', cell, '--target', 'tiny', '--data-dir', data, ...sizes, '--epochs', '1'];
    const tuned = await onDevice([...train, '--json']);
    expect(tuned.code, tuned.err).toBe(0);
    expect(JSON.parse(tuned.out).adapter.tuned).toMatch(/^[0-9a-f]{12}$/);
    expect((await onDevice([...train, '--json'])).out).toBe(tuned.out);
    const usual = JSON.parse((await onDevice([...train, '--json', '--no-tune'])).out);
    expect(usual.adapter).not.toHaveProperty('tuned');
    expect(usual.hash).not.toBe(JSON.parse(tuned.out).hash);
    expect(JSON.parse(tuned.out).loss).toBeCloseTo(usual.loss, 2);

    const cleared = await onDevice(['tune', '--clear']);
    expect(cleared.code).toBe(0);
    expect(readdirSync(join(folder, 'tuning'))).toEqual([]);
  });

  it('tune prints what it measured and what remains', async () => {
    const { code, out, err } = await onDevice(['tune', ...sizes, '--seconds', '1']);
    expect(code, err).toBe(0);
    expect(out).toMatch(/^\d+ choices measured: another kernel than the default one for \d+$/m);
    expect(out).toMatch(/^kernels: (the default ones|tuned \([0-9a-f]{12}\))$/m);
  });
});
