import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GpuError } from '../../../src/engine/errors/errors.js';
import { SourceError } from '../../../src/nas/data/images/errors.js';
import type { StudyResults } from '../../../src/nas/transfer/results.js';
import { withoutTimes } from '../../nas/transfer/fakes.js';
import { dataFolder, runCommand } from './support.js';

let data: string;
let folder: string;
beforeAll(() => {
  data = dataFolder();
});
afterAll(() => rmSync(data, { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const threeByThree = '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|';

function writeStudy(change: object = {}): string {
  const file = join(folder, 'study.in.json');
  const study = {
    name: 'a study',
    methods: ['random', { name: 'regularized-evolution', options: { cycles: 4 } }],
    sources: ['tiny', 'tiny:limit=20'],
    targets: [{ set: 'tiny', limit: 30 }],
    seeds: [0, 1],
    training: { imageSize: 8, imageChannels: 1 },
    ...change,
  };
  writeFileSync(file, JSON.stringify(study));
  return file;
}

describe('the command line', () => {
  it('shows help of every command with exit code 0', async () => {
    const { code, out } = await runCommand(['--help']);
    expect(code).toBe(0);
    for (const command of [
      'quickstart',
      'study',
      'report',
      'search',
      'train',
      'methods',
      'table',
      'count',
      'draw',
      'data',
      'doctor',
      'profile',
      'tune',
    ]) {
      expect(out).toContain(`\n  ${command} `);
      const help = await runCommand([command, '--help']);
      expect(help.code, command).toBe(0);
      expect(help.out).toContain(`Usage: nastransfer ${command}`);
      if (command !== 'data' && command !== 'table') expect(help.out).toContain('--json');
    }
  });

  it.each([
    [['fly'], "unknown command 'fly'"],
    [['count', '--architecture', threeByThree, '--chanels', '3'], "unknown option '--chanels'"],
    [['count'], 'wanted either --architecture, or --genotype-file and --genotype'],
    [['count', '--architecture', '|none~0|'], 'position 8: got the end of the text'],
    [['count', '--architecture', threeByThree, '--space', 'dart'], 'Space "dart" is not known'],
    [['count', '--architecture', threeByThree, '--size', '30'], 'size is 30, wanted a multiple of 4'],
    [['count', '--architecture', threeByThree, '--cells', '-1'], 'Wanted a whole number of at least 1'],
    [['search', '--method', 'magic', '--source', 'tiny'], 'Method "magic" is not known'],
    [['search', '--method', 'random', '--source', 'nothing-of-this-name'], "image set 'nothing-of-this-name'"],
    [['search', '--method', 'random', '--source', 'tiny:limit=x'], 'limit is'],
    [
      ['search', '--method', 'random', '--source', 'tiny', '--option', 'samples=0'],
      'samples: got 0, wanted at least 1',
    ],
    [['search', '--method', 'random', '--source', 'tiny', '--seed', '1.5'], 'Wanted a whole number'],
    [['search', '--method', 'random', '--source', 'tiny', '--size', '9'], 'imageSize: got 9, wanted a multiple of 4'],
    [
      ['search', '--method', 'darts', '--source', 'tiny', '--channels', '5'],
      'search.channels: supernet of nasbench201: channels is 5, wanted a multiple of 4',
    ],
    [['train', '--architecture', 'x', '--target', 'tiny'], 'position 0'],
    [['study'], 'got no file'],
    [['study', 'not-there.json'], "not-there.json: can't be read"],
    [['data', 'info', 'not-there'], "image set 'not-there'"],
  ])('ends %j with exit code 2 and says what is wrong', async (args, message) => {
    const { code, err, out, gpusLeftOpen } = await runCommand(args);
    expect(err).toContain(message);
    expect(out).toBe('');
    expect(code).toBe(2);
    expect(gpusLeftOpen).toBe(0);
    expect(err).not.toContain('    at ');
  });

  it('shows a stack trace if requested', async () => {
    const { err } = await runCommand(['count', '--architecture', 'x', '--verbose']);
    expect(err).toContain('ArchitectureError: NAS-Bench-201 cell "x"');
    expect(err).toContain('    at ');
  });
});

describe('count', () => {
  it('prints the known numbers of the cell of six 3x3 convolutions', async () => {
    const { code, out } = await runCommand([
      'count',
      '--space',
      'nasbench201',
      '--architecture',
      threeByThree,
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ parameters: 1531546, multiplyAdds: 220119680, mflops: 222.860992 });
  });

  it('prints a table of them for people', async () => {
    const { out } = await runCommand(['count', '--architecture', threeByThree, '--classes', '100']);
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['quantity', 'count'],
      ['parameters', '1,537,396'],
      ['multiply-adds', '220,125,440'],
      ['MFLOPs as the space counts them', '222.866752'],
    ]);
  });
});

describe('data', () => {
  it('lists and describes sets', async () => {
    const list = await runCommand(['data', 'list', '--data-dir', data, '--json']);
    expect(JSON.parse(list.out).map((set: { name: string }) => set.name)).toContain('tiny');
    const info = await runCommand(['data', 'info', 'tiny', '--data-dir', data, '--json']);
    expect(JSON.parse(info.out)).toMatchObject({ name: 'tiny', train: { images: 40, classCounts: [20, 20] } });
    const shown = await runCommand(['data', 'info', 'tiny', '--data-dir', data]);
    expect(shown.out).toContain('tiny: 8 x 8 x 1, 2 classes');
    expect(shown.out).toMatch(/^train +40 +0\.\d{4} +0\.\d{4}$/m);
    expect(shown.out).toContain('pixels from 0 to 1');
  });

  it('writes a contact sheet', async () => {
    const file = join(folder, 'sheet.png');
    const args = ['data', 'sheet', 'tiny', '--data-dir', data, '--out'];
    const { code, out } = await runCommand([...args, file]);
    expect(code).toBe(0);
    expect(out).toBe(`wrote ${file}\n2 classes, one row per class: dark, light`);
    expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG');
    const json = await runCommand([...args, file, '--json']);
    expect(JSON.parse(json.out)).toEqual({ set: 'tiny', file, rows: ['dark', 'light'] });
    for (const [where, got] of [
      [folder, 'a folder'],
      [join(folder, 'not-there', 'sheet.png'), 'no such file or folder'],
    ])
      expect(await runCommand([...args, where])).toMatchObject({
        code: 1,
        err: `error: --out ${where}: got ${got}, wanted a file name in an existing folder`,
      });
  });

  it('ends with exit code 1 on a damaged set, naming file and offset', async () => {
    const bytes = readFileSync(join(data, 'tiny.bin'));
    writeFileSync(join(folder, 'tiny.bin'), bytes.subarray(0, 1000));
    writeFileSync(join(folder, 'tiny.json'), readFileSync(join(data, 'tiny.json')));
    const { code, err } = await runCommand(['data', 'info', 'tiny', '--data-dir', folder]);
    expect(code).toBe(1);
    expect(err).toContain('tiny.bin at byte 1000: got end of file after 1000 bytes, wanted 3900 bytes');
  });
});

describe('search and train', () => {
  const search = ['search', '--method', 'regularized-evolution', '--source', 'tiny', '--option', 'cycles=4', '--json'];

  it('print one JSON object without times, the same bytes every time', async () => {
    const first = await runCommand([...search, '--data-dir', data, '--seed', '3', '--limit', '20', '--epochs', '2']);
    const second = await runCommand([...search, '--data-dir', data, '--seed', '3', '--limit', '20', '--epochs', '2']);
    expect(first.err).toBe('');
    expect(first.code).toBe(0);
    expect(second.out).toBe(first.out);
    expect(first.out).not.toContain('seconds');
    expect(JSON.parse(first.out)).toMatchObject({
      space: 'nasbench201',
      method: 'regularized-evolution',
      options: { population: 10, tournament: 3, cycles: 4 },
      source: 'tiny:limit=20',
      seed: 3,
      protocol: { epochs: 2 },
      adapter: { kind: 'other-software' },
    });
    expect(first.gpusLeftOpen).toBe(0);
  });

  it('do not repeat what their folder records as done', async () => {
    const args = [...search, '--data-dir', data, '--out', folder];
    const first = await runCommand(args);
    const second = await runCommand(args);
    expect(first.work).toHaveLength(1);
    expect(second.work).toHaveLength(0);
    expect(second.out).toBe(first.out);
    expect(JSON.parse(readFileSync(join(folder, 'search.json'), 'utf8'))).toEqual(JSON.parse(first.out));
    expect((await runCommand([...args, '--seed', '1'])).work).toHaveLength(1);
  });

  it('train an architecture with the settings given, a file of them included', async () => {
    const protocol = join(folder, 'protocol.json');
    writeFileSync(protocol, JSON.stringify({ optimizer: { learningRate: 0.5 }, epochs: 9 }));
    const args = ['train', '--architecture', threeByThree, '--target', 'tiny', '--data-dir', data, '--size', '8'];
    const { out, work, code } = await runCommand([...args, '--protocol', protocol, '--epochs', '2', '--json']);
    expect(code).toBe(0);
    expect(work).toEqual([`train ${threeByThree} tiny 0`]);
    const trained = JSON.parse(out);
    expect(trained.protocol).toMatchObject({
      epochs: 2,
      imageSize: 8,
      optimizer: { learningRate: 0.5, momentum: 0.9 },
    });
    writeFileSync(protocol, JSON.stringify({ optimizer: { learningRate: -1 } }));
    const wrong = await runCommand([...args, '--protocol', protocol]);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('protocol.json: optimizer.learningRate: got -1, wanted more than 0');
  });

  it.each([
    ['the device', new GpuError('it\n  burns'), 'it burns'],
    ['the memory', new RangeError('Array buffer allocation failed'), 'Array buffer allocation failed'],
  ])('end with exit code 1, the name of the job and the device closed when %s fails', async (_, failure, reason) => {
    const args = [...search, '--data-dir', data, '--out', folder];
    const { code, err, gpusLeftOpen } = await runCommand(args, failure);
    expect(code).toBe(1);
    expect(err).toBe(`error: regularized-evolution on tiny, seed 0: ${reason}`);
    expect(gpusLeftOpen).toBe(0);
    expect(readdirSync(folder)).toEqual(['jobs.jsonl']);
    const verbose = await runCommand([...args, '--verbose'], failure);
    expect(verbose.err).toMatch(/^JobError: regularized-evolution on tiny.*\n +at /);
    expect(verbose.err).toMatch(new RegExp(`^caused by ${failure.name}: `, 'm'));
  });

  it('end with exit code 2 if the source cannot be made from its set', async () => {
    const { code, err } = await runCommand(
      ['search', '--method', 'darts', '--source', 'tiny', '--data-dir', data],
      new SourceError("source 'tiny': classes is 9, wanted at most 2"),
    );
    expect([code, err.split('\n').at(-1)]).toEqual([2, "error: source 'tiny': classes is 9, wanted at most 2"]);
  });

  it.each([
    ['search', '--method', 'darts', '--source', 'tiny'],
    ['train', '--architecture', threeByThree, '--target', 'tiny'],
  ])('are refused a file as their folder before there is a device: %s', async (...args) => {
    const file = join(folder, 'a file');
    writeFileSync(file, '');
    const { code, err, work } = await runCommand([...args, '--data-dir', data, '--out', file]);
    expect([code, err, work]).toEqual([
      1,
      `error: ${file}: got a file, wanted a folder; choose another folder with --out`,
      [],
    ]);
  });

  it('create no folder if a name is wrong', async () => {
    const out = join(folder, 'new');
    const { code } = await runCommand(['search', '--method', 'darts', '--source', 'not-there', '--out', out]);
    expect(code).toBe(2);
    expect(existsSync(out)).toBe(false);
  });
});

describe('study and report', () => {
  const read = (out: string): StudyResults => JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'));

  it('write results and a report, print the table, and start nothing when run again', async () => {
    const out = join(folder, 'run');
    const args = ['study', writeStudy(), '--out', out, '--data-dir', data];
    const first = await runCommand(args);
    expect(first.err).toMatch(/^a study: 13 jobs to do, on a pretended device/);
    expect(first.code).toBe(0);
    expect(first.out).toContain('accuracy %');
    expect(first.out).toContain(`report: ${join(out, 'report.html')}`);
    expect(first.work.length).toBeGreaterThan(0);
    expect(first.gpusLeftOpen).toBe(0);
    const results = read(out);
    expect(results.jobs).toHaveLength(8);
    expect(results.baselines[0].chance).toBe(0.5);
    expect(results.baselines[0].linear).toBeGreaterThan(0.8);
    expect(results.sources[1]).toMatchObject({ name: 'tiny:limit=20', images: 20, classes: 2 });
    expect(results.targets[0]).toMatchObject({ name: 'tiny', train: 30, test: 20, classes: 2 });
    expect(results.versions.node).toBe(process.versions.node);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('a study');

    expect(first.err).toMatch(/\[13\/13\] training on tiny, seed 1: done in .*, accuracy \d/);

    const second = await runCommand([...args, '--json']);
    expect(second.work).toEqual([]);
    expect(JSON.parse(second.out)).toEqual(results);
  });

  it('resume a failed study and end with the results of one that did not fail', async () => {
    const file = writeStudy();
    const whole = join(folder, 'whole');
    const out = join(folder, 'resumed');
    await runCommand(['study', file, '--out', whole, '--data-dir', data]);
    const failed = await runCommand(
      ['study', file, '--out', out, '--data-dir', data],
      new GpuError('the device is gone'),
    );
    expect(failed.code).toBe(1);
    expect(failed.err.split('\n').at(-1)).toBe(
      `error: random on tiny, seed 0: the device is gone; finished jobs are kept in ${out}: run the same command ` +
        'again to continue',
    );
    expect(existsSync(join(out, 'results.json'))).toBe(false);
    expect((await runCommand(['study', file, '--out', out, '--data-dir', data])).code).toBe(0);
    expect(withoutTimes(read(out))).toEqual(withoutTimes(read(whole)));
  });

  it('count the seeds from the given one', async () => {
    const out = join(folder, 'run');
    await runCommand(['study', writeStudy(), '--out', out, '--data-dir', data, '--seed', '7']);
    expect(read(out).seeds).toEqual([7, 8]);
  });

  it('rewrite a report from the results only, and refuse if there are none', async () => {
    const out = join(folder, 'run');
    await runCommand(['study', writeStudy(), '--out', out, '--data-dir', data]);
    const before = readFileSync(join(out, 'report.html'), 'utf8');
    rmSync(join(out, 'report.html'));
    rmSync(join(out, 'jobs.jsonl'));
    const again = await runCommand(['report', out, '--json']);
    expect(again.code).toBe(0);
    expect(again.work).toEqual([]);
    expect(readFileSync(JSON.parse(again.out).report, 'utf8')).toBe(before);
    const missing = await runCommand(['report', folder]);
    expect(missing.code).toBe(1);
    expect(missing.err).toContain('results.json: is not there');
  });

  it('name the wrong field of a study file with exit code 2', async () => {
    const wrong = await runCommand(['study', writeStudy({ seeds: ['one'] }), '--data-dir', data]);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('study.in.json: seeds[0]: got "one", wanted a number');
    const file = writeStudy();
    writeFileSync(file, '{');
    const broken = await runCommand(['study', file]);
    expect(broken.code).toBe(2);
    expect(broken.err).toContain('study.in.json: is not JSON');
  });

  it('print the JSON Schema of study files', async () => {
    const { out } = await runCommand(['study', '--schema']);
    expect(JSON.parse(out).properties.methods).toBeDefined();
  });
});
