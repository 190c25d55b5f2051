import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../package/built.js';
import { installedProject } from '../package/installed.js';
import { dataFolder } from '../runner/cli/support.js';

const page = readFileSync(join(root, 'docs', 'extending.md'), 'utf8');

let project: string;
let data: string;
beforeAll(async () => {
  project = await installedProject();
  data = dataFolder();
  cpSync(join(root, 'docs', 'examples'), join(project, 'examples'), { recursive: true });
  const compilerOptions = {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    noImplicitAny: true,
    types: [],
    rootDir: 'examples',
    outDir: 'built',
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['examples'] }));
  execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'lib', 'tsc.js')], {
    cwd: project,
    stdio: 'pipe',
  });
});
afterAll(() => {
  for (const folder of [project, data]) rmSync(folder, { recursive: true, force: true });
});

/** Runs a module, or the program, in the project that has the package installed. */
const node = (...args: readonly string[]) =>
  execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const nastransfer = (...args: readonly string[]) => node('node_modules/nastransfer/dist/runner/cli.js', ...args);

describe('docs/extending.md', () => {
  it('shows code of the examples as it is there', () => {
    const blocks = [...page.matchAll(/^```ts (\S+)\n([\s\S]*?)^```$/gm)];
    expect(blocks.length).toBeGreaterThan(5);
    for (const [, file, code] of blocks) expect(readFileSync(join(root, 'docs', file), 'utf8'), file).toContain(code);
  });

  it('mentions every example', () => {
    for (const name of readdirSync(join(root, 'docs', 'examples'), { recursive: true }).map(String))
      if (name.endsWith('.ts')) expect(page).toContain(`examples/${name.replaceAll('\\', '/')}`);
  });
});

describe('the examples, compiled against the packed package:', () => {
  const sizes = ['--channels', '4', '--cells', '1', '--size', '8', '--image-channels', '1', '--batch', '8'];
  const search = ['search', '--plugin', './built/plugin.js', '--space', 'chain', '--source', 'tiny:brightest=0.5'];

  it.each([
    ['hill-climbing', ['--option', 'evaluations=3', '--option', 'start=2']],
    ['temperature-darts', ['--option', 'temperature=0.2']],
  ])('the plugin’s %s searches its space on a source of its rule', (method, options) => {
    const out = nastransfer(...search, '--method', method, ...options, ...sizes, '--data-dir', data, '--epochs', '1');
    expect(out).toMatch(/^(skip_connect|conv_[13]x[13])>(skip_connect|conv_[13]x[13])\n$/);
  });

  it('a study with the plugin names it in its results, and its report can be rewritten with drawings of the space', () => {
    const protocol = { channels: 4, cells: 1, imageSize: 8, imageChannels: 1, batch: 8, epochs: 1 };
    const study = {
      name: 'own parts',
      space: 'chain',
      methods: [{ name: 'hill-climbing', options: { start: 1, evaluations: 2 } }],
      sources: ['tiny:brightest=0.5'],
      targets: ['tiny'],
      seeds: [0],
      search: protocol,
      training: protocol,
    };
    writeFileSync(join(project, 'study.json'), JSON.stringify(study));
    const plugin = ['--plugin', './built/plugin.js'];
    nastransfer('study', 'study.json', ...plugin, '--data-dir', data, '--out', 'run');
    const results = JSON.parse(readFileSync(join(project, 'run', 'results.json'), 'utf8'));
    expect(results.plugins).toEqual([
      expect.objectContaining({
        methods: ['hill-climbing', 'temperature-darts'],
        spaces: ['chain'],
        rules: ['brightest'],
      }),
    ]);
    const report = join(project, 'run', 'report.html');
    const drawn = readFileSync(report, 'utf8');
    expect(drawn).toContain('class="edge');
    rmSync(report);
    expect(nastransfer('report', 'run', ...plugin)).toContain('wrote run/report.html');
    expect(readFileSync(report, 'utf8')).toBe(drawn);
  });

  it('the plugin’s method has help like any other', () => {
    expect(nastransfer('methods', 'hill-climbing', '--plugin', './built/plugin.js')).toContain(
      'architectures evaluated in total',
    );
  });

  it('the operation computes hard swish and its gradient on the device', () => {
    writeFileSync(
      join(project, 'swish.js'),
      `import { Engine, gradients, sum } from 'nastransfer/engine';
import { open } from 'nastransfer/node';
import { hardSwish } from './built/hardSwish.js';
const gpu = await open();
const program = await new Engine(gpu).compile((graph) => {
  const x = graph.feed('x', [3]);
  const y = hardSwish(x);
  graph.output('y', y);
  graph.output('dx', gradients(sum(y), [x])[0]);
});
program.run({ x: [-4, 1.5, 4] });
console.log(JSON.stringify([[...(await program.read('y'))], [...(await program.read('dx'))]]));
gpu.dispose();
`,
    );
    // x (x + 3) / 6 and (2 x + 3) / 6 at 1.5; 0 and 0 at -4; x and 1 at 4.
    expect(JSON.parse(node('swish.js'))).toEqual([
      [0, 1.125, 4],
      [0, 1, 1],
    ]);
  });

  it('training by hand lowers the loss', () => {
    const losses = [...node('built/trainByHand.js').matchAll(/loss ([\d.]+)/g)].map((match) => Number(match[1]));
    expect(losses).toHaveLength(3);
    expect(losses[2]).toBeLessThan(losses[0]);
  });

  it('a search that is watched reports its phases, steps and epochs, and stops when aborted', () => {
    const lines = node('built/watch.js').trim().split('\n');
    expect(lines.slice(0, 2)).toEqual([
      expect.stringMatching(/^epoch 1 of 50: loss [\d.]+$/),
      expect.stringMatching(/^epoch 2 of 50: loss [\d.]+$/),
    ]);
    expect(lines[2]).toBe('stopped: two epochs are enough');
    expect(lines[3]).toBe('saved after epoch 2');
    expect(lines[4].split(' ').sort()).toEqual(['epoch', 'phase', 'step']);
    expect(lines).toHaveLength(5);
  });
});
