import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Protocol } from '../../../src/nas/records/protocol.js';
import { nasbench201 } from '../../../src/nas/spaces/nasbench201/space.js';
import { pngOf } from '../data/support.js';
import { dataFolder, runCommand } from './support.js';

const cell = '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|';

let data: string;
let folder: string;
beforeAll(() => {
  data = dataFolder();
});
afterAll(() => rmSync(data, { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const train = (...args: string[]) =>
  runCommand(['train', '--architecture', cell, '--target', 'tiny', '--data-dir', data, ...args]);
const search = (method: string, ...args: string[]) =>
  runCommand(['search', '--method', method, '--source', 'tiny', '--data-dir', data, ...args]);

/** The protocol of a run with --json. */
async function protocolOf(run: ReturnType<typeof train>): Promise<Protocol> {
  const { code, out, err } = await run;
  expect(code, err).toBe(0);
  return JSON.parse(out).protocol;
}

const nothing: readonly string[] = [];

describe('settings that are not given', () => {
  it('are chosen for the images, and printed on one line of standard error with how to change them', async () => {
    const { err, out } = await train();
    const [line, ...others] = err.split('\n').filter((each) => each.startsWith('settings'));
    expect(others).toEqual([]);
    expect(line).toBe(
      'settings for 40 images of 8x8x1 on other-software: 8 channels, 1 cell a stage, 8 px, batch 16, 750 epochs = 1,500 steps, ' +
        'learning rate 0.025, shifts to 1 px; change with --limit --channels --cells --size --batch --epochs --learning-rate …, ' +
        'or --protocol published',
    );
    expect(out).not.toContain('settings');
  });

  it('equal those in JSON, and standard output has only JSON', async () => {
    const { out, err } = await train('--json', '--limit', '30');
    expect(JSON.parse(out).protocol).toMatchObject({
      ...{ channels: 8, cells: 1, imageSize: 8, imageChannels: 1, batch: 8, epochs: 500 },
      optimizer: { learningRate: 0.018, momentum: 0.9, weightDecay: 5e-4 },
      augmentation: { pad: 1, flip: false, cutout: 0 },
    });
    expect(err).not.toContain('settings');
  });

  it('of a search depend on the number of images in the training split, and on the number of candidates', async () => {
    const supernet = await search('darts');
    // Twenty images per split: two batches of eight.
    expect(supernet.err).toMatch(/settings for 40 images .* batch 8, 500 epochs = 1,000 steps, /);
    const candidates = await search('regularized-evolution', '--option', 'cycles=12', '--limit', '36');
    expect(candidates.err).toMatch(/ 36 images .*, 12 candidates of 102 epochs = 204 steps each, .* --option /);
    // Three lengths of training, of which few candidates reach the longest.
    const lengths = await search('bohb', '--option', 'brackets=1', '--limit', '36');
    expect(lengths.err).toMatch(/ \d+ candidates of up to \d+ epochs = /);
    const joined = await search('snas', '--option', 'cost=none');
    expect(joined.err).toMatch(/settings for 40 images .* batch 16, 500 epochs = 1,000 steps, /);
  });

  it('are neither chosen nor printed for a method that trains nothing', async () => {
    const { err, code } = await search('random');
    expect(code).toBe(0);
    expect(err).not.toContain('settings');
  });

  it('have channels that the method supports', async () => {
    expect((await protocolOf(search('pc-darts', '--json'))).channels).toBe(16);
    expect((await protocolOf(search('pc-darts', '--option', 'partial=1', '--json'))).channels % 4).toBe(0);
  });

  it('are the same when run again in the same folder, where nothing is repeated', async () => {
    const first = await train('--out', folder, '--json');
    const second = await train('--out', folder, '--json');
    expect([first.work.length, second.work.length]).toEqual([1, 0]);
    expect(second.out).toBe(first.out);
    // The same job as with these settings given.
    const { channels, cells, imageSize, batch, epochs } = JSON.parse(first.out).protocol;
    const flags = { channels, cells, size: imageSize, batch, epochs };
    const given = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const third = await train('--out', folder, '--json', ...given, '--learning-rate', '0.025', '--no-flip');
    expect(third.work).toEqual([]);
    expect(third.out).toBe(first.out);
  });

  it('have images no larger than the pictures of a folder', async () => {
    for (const name of ['red', 'blue']) {
      mkdirSync(join(folder, name));
      for (let i = 0; i < 5; i++)
        writeFileSync(
          join(folder, name, `${i}.png`),
          pngOf(23, 21, () => [name === 'red' ? 200 + i : i, 9, 77]),
        );
    }
    const args = ['train', '--architecture', cell, '--target', folder];
    const { err } = await runCommand(args);
    expect(err).toMatch(/settings for 8 images of 21x21x3 .*, (20|16) px,/);
    expect((await protocolOf(runCommand([...args, '--size', '28', '--json']))).imageSize).toBe(28);
  });

  it('fit a search that is only planned', async () => {
    // The fake device can't plan; the error is printed after the settings.
    const { err } = await search('darts', '--plan');
    expect(err).toContain('settings for 40 images');
  });
});

describe('--protocol published', () => {
  it('is the protocol of the space', async () => {
    const { training, search: ofSupernets, fitness } = nasbench201.protocols;
    expect(await protocolOf(train('--protocol', 'published', '--json'))).toEqual(training);
    expect(await protocolOf(search('darts', '--protocol', 'published', '--json'))).toEqual(ofSupernets);
    expect(await protocolOf(search('local-search', '--protocol', 'published', '--json'))).toEqual({
      ...training,
      ...fitness,
    });
    expect((await train('--protocol', 'published')).err).not.toContain('settings');
  });

  it('combines with files, of which later ones override earlier ones, and with single options, which override all', async () => {
    const file = (name: string, content: object) => {
      writeFileSync(join(folder, name), JSON.stringify(content));
      return ['--protocol', join(folder, name)];
    };
    const one = file('one.json', { epochs: 5, optimizer: { learningRate: 0.2, momentum: 0.5 } });
    const two = file('two.json', { epochs: 6, optimizer: { momentum: 0.6 } });
    const published = ['--protocol', 'published'];
    const args = [...published, ...one, ...two, '--learning-rate', '0.3', '--json'];
    expect(await protocolOf(train(...args))).toEqual({
      ...nasbench201.protocols.training,
      epochs: 6,
      optimizer: { ...nasbench201.protocols.training.optimizer, learningRate: 0.3, momentum: 0.6 },
    });
    const { batch, epochs, optimizer } = await protocolOf(train(...two, '--json'));
    expect({ batch, epochs, momentum: optimizer.momentum }).toEqual({ batch: 16, epochs: 6, momentum: 0.6 });
  });
});

describe('reasons to distrust a result', () => {
  it('are warnings on standard error and a list in JSON, also for finished jobs', async () => {
    const args = ['--epochs', '2', '--out', folder];
    const shown = await train(...args);
    const told = shown.err.split('\n').filter((line) => line.startsWith('warning: '));
    expect(told.some((line) => line.includes('the training made 4 steps, 2 in an epoch'))).toBe(true);
    const { out, err, work } = await train(...args, '--json');
    expect(work).toEqual([]);
    expect(JSON.parse(out).warnings.map((warning: string) => `warning: ${warning}`)).toEqual(told);
    expect(err.split('\n')).toEqual(told);
  });

  it('are an empty list if there are none', async () => {
    expect(JSON.parse((await search('random', '--json')).out).warnings).toEqual([]);
    expect(JSON.parse((await search('local-search', '--json')).out).warnings).toEqual([]);
  });
});

describe('the options of single settings', () => {
  it.each<[readonly string[], object]>([
    [['--learning-rate', '0.07'], { optimizer: { learningRate: 0.07 } }],
    [['--weight-decay', '0'], { optimizer: { weightDecay: 0 } }],
    [['--momentum', '0.5'], { optimizer: { momentum: 0.5 } }],
    [['--pad', '0'], { augmentation: { pad: 0 } }],
    [['--flip'], { augmentation: { flip: true } }],
    [['--no-flip'], { augmentation: { flip: false } }],
    [['--cutout', '4'], { augmentation: { cutout: 4 } }],
    [['--label-smoothing', '0.1'], { labelSmoothing: 0.1 }],
  ])('%j is heeded by search and train, chosen settings or published', async (args, wanted) => {
    for (const published of [nothing, ['--protocol', 'published']])
      for (const run of [train, (...more: string[]) => search('darts', ...more)])
        expect(await protocolOf(run(...args, ...published, '--json'))).toMatchObject(wanted);
  });

  it.each([
    ['--learning-rate', '0', 'Wanted a number above 0.'],
    ['--weight-decay', '-1', 'Wanted a number of at least 0.'],
    ['--momentum', '1', 'options: optimizer.momentum: got 1, wanted less than 1'],
    ['--pad', '1.5', 'Wanted a whole number of at least 0.'],
    ['--cutout', 'x', 'Wanted a whole number of at least 0.'],
    ['--label-smoothing', '1', 'options: labelSmoothing: got 1, wanted less than 1'],
    ['--protocol', 'publishd', "publishd: can't be read"],
  ])('%s %s is refused with exit code 2: %s', async (option, value, message) => {
    const { code, err, work } = await train(option, value);
    expect([code, work]).toEqual([2, []]);
    expect(err).toContain(message);
  });

  it('are not options of score, tune and profile, which train nothing', async () => {
    for (const command of ['score', 'tune', 'profile']) {
      const { out } = await runCommand([command, '--help']);
      expect(out).not.toMatch(/--(learning-rate|flip|protocol)/);
    }
    const { out } = await runCommand(['table', 'build', '--help']);
    expect(out).toContain('--learning-rate');
  });
});
