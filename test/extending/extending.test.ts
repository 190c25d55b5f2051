import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brightest } from '../../docs/examples/brightest.js';
import { chain } from '../../docs/examples/chain/space.js';
import { openImageSet } from '../../runner/data/imageSets.js';
import { AttributeError } from '../../src/engine/index.js';
import {
  makeSource,
  parseSource,
  parseStudy,
  registerSourceRule,
  registerSpace,
  type StudyResults,
  sourceForms,
  studyJsonSchema,
} from '../../src/nas/index.js';
import { closeTestEngine, openTestEngine } from '../engine/support/device.js';
import { dataFolder } from '../runner/cli/support.js';
import { onDevice } from './support.js';

registerSpace(chain);
registerSourceRule(brightest);

let data: string;
let folder: string;
beforeAll(() => {
  data = dataFolder();
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-extending-'));
});
afterAll(() => {
  for (const path of [data, folder]) rmSync(path, { recursive: true, force: true });
});

const sizes = ['--channels', '4', '--cells', '1', '--size', '8', '--image-channels', '1', '--batch', '8'];

describe('a space of one folder, registered', () => {
  it('is counted at its own sizes, and at others', async () => {
    const count = async (...more: string[]) =>
      JSON.parse(
        (await onDevice('count', '--space', 'chain', '--architecture', 'conv_3x3>conv_1x1', '--json', ...more)).out,
      );
    expect(await count()).toMatchObject({ channels: 8, cells: 2, classes: 10, size: 16, imageChannels: 3 });
    expect(await count('--channels', '4', '--cells', '1', '--classes', '2', '--image-channels', '1')).toMatchObject({
      // Stem, a 3x3 and a 1x1 convolution with their batch norms, classifier.
      parameters: 9 * 4 + 8 + 9 * 16 + 8 + 16 + 8 + 4 * 2 + 2,
    });
    const wrong = await onDevice('count', '--space', 'chain', '--architecture', 'conv_3x3', '--imagenet');
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('space chain has no such network') });
  });

  it('counts the parameters that its network has', () => {
    for (const architecture of chain.enumerate()) {
      const settings = { channels: 4, cells: 2, classes: 3, size: 8, imageChannels: 1 };
      const { weights } = chain.network(architecture, settings);
      const parameters = weights.variables.reduce((sum, { type }) => sum + type.shape.reduce((a, b) => a * b, 1), 0);
      expect(parameters).toBe(chain.count(architecture, settings).parameters);
    }
  });

  it('is drawn', async () => {
    const { out } = await onDevice('draw', '--space', 'chain', '--architecture', 'conv_3x3>skip_connect');
    expect(out).toMatch(/^digraph chain \{/);
    expect(out).toContain('0 -> 1 [label="conv 3x3", class="conv3"];');
    expect(out).toContain('1 -> 2 [label="skip connect", class="skip"];');
  });

  it('is searched and trained in a study, whose report draws its architectures', async () => {
    const file = join(folder, 'chain.json');
    const protocol = { channels: 4, cells: 1, imageSize: 8, imageChannels: 1, batch: 8, epochs: 1 };
    const study = {
      name: 'chain',
      space: 'chain',
      methods: ['random', { name: 'regularized-evolution', options: { population: 2, cycles: 3 } }, 'darts'],
      sources: ['tiny:brightest=0.5'],
      targets: ['tiny'],
      seeds: [0],
      search: protocol,
      training: protocol,
    };
    writeFileSync(file, JSON.stringify(study));
    const out = join(folder, 'study');
    const { code, err } = await onDevice('study', file, '--out', out, '--data-dir', data);
    expect(code, err).toBe(0);
    const results = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as StudyResults;
    expect(results.space).toBe('chain');
    expect(results.searches.map(({ method }) => method)).toEqual(['random', 'regularized-evolution', 'darts']);
    for (const { architecture } of results.searches) expect(chain.format(chain.parse(architecture))).toBe(architecture);
    for (const { accuracy } of results.jobs) expect(accuracy).toBeGreaterThanOrEqual(0);
    expect(results.sources).toEqual([
      expect.objectContaining({
        name: 'tiny:brightest=0.5',
        images: 20,
        description: '20 of the 40 training images of tiny, the brightest',
      }),
    ]);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('class="edge');
  });

  it('fits its sizes to images, and its supernet to the device', async () => {
    const search = ['search', '--space', 'chain', '--method', 'darts', '--source', 'tiny', '--data-dir', data];
    const { code, err } = await onDevice(...search, '--plan');
    expect(code, err).toBe(0);
    expect(err).toMatch(/settings for 40 images .*: \d channels, [12] cells?, 8 px/);
  });

  it('has a name of its own', () => {
    expect(() => registerSpace(chain)).toThrow(AttributeError);
    expect(() => registerSpace(chain)).toThrow('got name "chain", wanted letters, digits');
  });
});

describe('a source rule of one folder, registered', () => {
  it('is read, written, and in schema and help', () => {
    expect(parseSource('tiny:brightest=0.5,limit=9')).toEqual({ set: 'tiny', rule: 'brightest', kept: 0.5, limit: 9 });
    expect(() => parseSource('tiny:brightest')).toThrow('kept is missing, wanted a number above 0 and at most 1');
    expect(() => parseSource('tiny:noise=0.5')).toThrow("value is 0.5, wanted nothing with rule 'noise'");
    expect(sourceForms()).toContain('SET:brightest=0.5');
    expect(JSON.stringify(studyJsonSchema())).toContain('rule brightest: the fraction of every class that is kept');
    const study = (kept?: number) =>
      parseStudy({
        name: 'x',
        methods: ['random'],
        sources: [{ set: 'tiny', rule: 'brightest', kept }],
        targets: ['tiny'],
        seeds: [0],
      });
    expect(study(0.5).sources).toEqual([
      { label: 'tiny:brightest=0.5', specification: { set: 'tiny', rule: 'brightest', kept: 0.5 } },
    ]);
    expect(() => study(2)).toThrow('sources[0].kept: got 2, wanted at most 1');
    expect(() => study()).toThrow('kept is missing');
  });

  it('ranks images by a model on the device', async () => {
    const set = await openImageSet('tiny', { dataDir: data });
    const engine = await openTestEngine();
    try {
      const half = { set: 'tiny', rule: 'brightest', kept: 0.5 };
      const source = await makeSource(set, half, 3, { engine: async () => engine });
      const sums = (pixels: Uint8Array) =>
        Array.from({ length: pixels.length / 64 }, (_, i) =>
          pixels.subarray(64 * i, 64 * i + 64).reduce((sum, pixel) => sum + pixel, 0),
        );
      const kept = (label: number) =>
        [source.trainSplit, source.validationSplit].flatMap(({ pixels, labels }) =>
          sums(pixels).filter((_, i) => labels[i] === label),
        );
      const all = sums(set.train.pixels);
      for (const label of [0, 1]) {
        const sorted = all.filter((_, i) => set.train.labels[i] === label).sort((a, b) => b - a);
        expect(kept(label).sort((a, b) => b - a)).toEqual(sorted.slice(0, 10));
      }
      await expect(makeSource(set, half, 3)).rejects.toThrow('rule brightest needs a device');
    } finally {
      closeTestEngine(engine);
    }
  });

  it('is searched on', async () => {
    const search = ['search', '--method', 'darts', '--source', 'tiny:brightest=0.5', '--data-dir', data];
    const { code, out, err } = await onDevice(...search, ...sizes, '--epochs', '1', '--json');
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ source: 'tiny:brightest=0.5', protocol: { epochs: 1 } });
    const fitted = await onDevice(...search, '--plan');
    expect(fitted.code, fitted.err).toBe(0);
    expect(fitted.err).toContain('settings for 20 images');
  });

  it('has a name that no other has and that can stand in a text', () => {
    for (const name of ['brightest', 'limit', 'two words'])
      expect(() => registerSourceRule({ ...brightest, name })).toThrow(`got name "${name}", wanted letters`);
    const parameter = { ...brightest.parameter!, field: 'set' };
    expect(() => registerSourceRule({ ...brightest, name: 'darkest', parameter })).toThrow('got parameter field "set"');
  });
});
