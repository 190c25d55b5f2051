import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../../runner/commands/program.js';
import { tools } from '../../../runner/defaultTools.js';
import type { Output } from '../../../runner/progress/output.js';
import { runCommand } from './support.js';

const cell = '|nor_conv_3x3~0|+|none~0|nor_conv_1x1~1|+|skip_connect~0|avg_pool_3x3~1|none~2|';
const small = ['--batch', '4', '--channels', '4', '--cells', '1', '--size', '8', '--image-channels', '1'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-profile-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command line in this process on the device. */
async function onDevice(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const output: Output = {
    colours: picocolors.createColors(false),
    print: (text) => out.push(text),
    json: (value) => out.push(JSON.stringify(value)),
    notice: (text) => err.push(text),
    stream: { write: (text) => err.push(text.trimEnd()) },
  };
  const code = await runProgram(args, tools, output);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('profile', () => {
  it.each([
    [[], 'got neither of --architecture and --supernet, wanted one of them'],
    [['--supernet', '--architecture', cell], 'got both of --architecture and --supernet'],
    [['--supernet', '--space', 'darts-supernet'], 'Space "darts-supernet" is not known'],
    [['--architecture', 'x'], 'position 0'],
    [['--supernet', '--space', 'of-nothing'], 'Space "of-nothing" is not known'],
    [['--supernet', '--size', '9'], 'imageSize: got 9, wanted a multiple of 4'],
    [['--supernet', '--space', 'darts', '--channels', '6'], 'channels is 6, wanted a multiple of 4'],
    [['--supernet', '--clock', 'sundial'], 'Allowed choices are timestamps, batches'],
    [['--supernet', '--classes', '0'], 'Wanted a whole number of at least 1'],
  ])('%j ends with exit code 2 before there is a device', async (args, message) => {
    const { code, err, out } = await runCommand(['profile', ...args]);
    expect(err).toContain(message);
    expect([code, out]).toEqual([2, '']);
  });

  it('prints time and memory of a training step, and writes a trace and a picture of it', async () => {
    const [trace, svg] = [join(folder, 'trace.json'), join(folder, 'memory.svg')];
    const args = ['profile', '--architecture', cell, ...small, '--train', '--trace', trace, '--svg', svg];
    const { code, out, err } = await onDevice(args);
    expect(code, err).toBe(0);
    expect(out).toMatch(/^training step of \|nor_conv_3x3~0\|.*: batch 4, 4 channels, 1 cells, 8 pixels, on /);
    expect(out).toMatch(/^ceilings of the device: [\d.]+ GFLOP\/s, [\d.]+ GB\/s read and written$/m);
    expect(out).toMatch(/^kernel +ms +% +count +GFLOP\/s +GB\/s +bound +of ceiling %$/m);
    expect(out).toMatch(/^optim\/sgd +[\d.]+ +[\d.]+ +1 +[\d.]+ +memory +[\d.]+$/m);
    expect(out).toMatch(/^conv2dWeightGradient +/m);
    const { traceEvents } = JSON.parse(readFileSync(trace, 'utf8'));
    const names = new Set(traceEvents.map((event: { name: string }) => event.name));
    for (const phase of ['trace', 'differentiate', 'plan', 'pipelines', 'encode', 'submit', 'sgd: optim/sgd'])
      expect(names).toContain(phase);
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });

  it.each(['nasbench201', 'darts'])('prints JSON of the supernet of %s', async (space) => {
    const args = ['profile', '--supernet', '--space', space, ...small, '--json'];
    const { code, out, err } = await onDevice(args);
    expect(code, err).toBe(0);
    const found = JSON.parse(out);
    expect(found).toMatchObject({
      space,
      supernet: true,
      train: false,
      settings: { batch: 4, channels: 4, classes: 10 },
    });
    expect(['timestamps', 'batches']).toContain(found.clock);
    for (const rows of [found.kernels, found.operations]) {
      const sum = (key: string) => rows.reduce((total: number, row: Record<string, number>) => total + row[key], 0);
      expect(sum('dispatches')).toBe(found.program.dispatches);
      expect(sum('milliseconds')).toBeCloseTo(found.milliseconds, 6);
      expect(sum('share')).toBeCloseTo(1, 6);
    }
  });

  it('ends with exit code 1 if it cannot write', async () => {
    const file = join(folder, 'not-there', 'memory.svg');
    const { code, err } = await onDevice(['profile', '--architecture', cell, ...small, '--svg', file]);
    expect(code).toBe(1);
    expect(err).toContain(`error: --svg ${file}: got no such file or folder, wanted the name of a file`);
    expect(existsSync(file)).toBe(false);
  });
});
