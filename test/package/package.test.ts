import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from './built.js';
import { installedProject, packageJson } from './installed.js';

let project: string;
let installed: string;
beforeAll(async () => {
  project = await installedProject();
  installed = join(project, 'node_modules', 'nastransfer');
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

const filesOf = (folder: string): string[] => readdirSync(folder, { recursive: true }).map(String);

describe('the packed package', () => {
  test('holds the built program, its studies and its documents, and no tests, and as sources only examples', () => {
    for (const file of [
      'README.md',
      'ARCHITECTURE.md',
      'LICENSE',
      'dist/runner/cli.js',
      'dist/src/index.d.ts',
      'studies/quickstart.json',
      'studies/smoke.json',
      'shaders/conv/conv2d.wgsl',
      'scripts/installLavapipe.sh',
      'docs/studies/README.md',
      'docs/examples/plugin.ts',
      'CHANGELOG.md',
    ])
      expect(existsSync(join(installed, file)), file).toBe(true);
    const sources = filesOf(installed).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.startsWith(join('docs', 'examples')),
    );
    expect(sources).toEqual([]);
    expect(filesOf(installed).filter((file) => /(^|[\\/])(test|bench)[\\/]/.test(file))).toEqual([]);
  });

  test('has what its documents link to', () => {
    const documents = filesOf(installed).filter((file) => file.endsWith('.md'));
    const links = documents.flatMap((file) =>
      [...readFileSync(join(installed, file), 'utf8').matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => ({
        file,
        link,
      })),
    );
    expect(links.map(({ link }) => link)).toEqual(expect.arrayContaining(['docs/methods.md', '../tables.md']));
    expect(links.filter(({ file, link }) => !existsSync(join(installed, dirname(file), link)))).toEqual([]);
  });

  test('imports only Node, itself and its declared dependencies, and no optional one', () => {
    const wanted = [...Object.keys(packageJson.dependencies), ...builtinModules.map((name) => `node:${name}`)];
    const modules = filesOf(join(installed, 'dist')).filter((file) => file.endsWith('.js'));
    const strangers: string[] = [];
    for (const file of modules) {
      const text = readFileSync(join(installed, 'dist', file), 'utf8');
      for (const [, name] of text.matchAll(/(?:^import |\bimport\(|^(?:import|export) .* from )'([^.'][^']*)'/gm))
        if (!wanted.some((known) => name === known || name.startsWith(`${known}/`))) strangers.push(`${file}: ${name}`);
    }
    expect(modules.length).toBeGreaterThan(50);
    expect(strangers).toEqual([]);
  });

  test('can be imported, with everything that its type declarations declare', () => {
    const script = `
      import * as library from 'nastransfer';
      import * as node from 'nastransfer/node';
      console.log(JSON.stringify({ library: Object.keys(library), node: Object.keys(node) }));`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: project,
      encoding: 'utf8',
    });
    const { library, node } = JSON.parse(out) as { library: string[]; node: string[] };
    for (const name of ['Engine', 'Graph', 'conv2d', 'Sgd', 'spaceByName', 'methodByName', 'Trainer', 'runStudy'])
      expect(library).toContain(name);
    expect(node.sort()).toEqual([
      'UnknownImageSetError',
      'listImageSets',
      'open',
      'openImageSet',
      'openTable',
      'tuningFiles',
    ]);
  });

  test('has entry points for the engine and the search layer, which together are the whole', () => {
    const script = `
      const [whole, engine, nas] = await Promise.all(['', '/engine', '/nas'].map((entry) => import('nastransfer' + entry)));
      const wrong = Object.keys(whole).filter((name) => whole[name] !== (engine[name] ?? nas[name]));
      console.log(JSON.stringify({ engine: Object.keys(engine), nas: Object.keys(nas), whole: Object.keys(whole), wrong }));`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: project,
      encoding: 'utf8',
    });
    const { engine, nas, whole, wrong } = JSON.parse(out) as Record<'engine' | 'nas' | 'whole' | 'wrong', string[]>;
    for (const name of ['Engine', 'Graph', 'conv2d', 'Sgd', 'tune']) expect(engine).toContain(name);
    for (const name of ['spaceByName', 'methodByName', 'Trainer', 'runStudy']) expect(nas).toContain(name);
    expect(engine.filter((name) => nas.includes(name))).toEqual([]);
    expect(wrong).toEqual([]);
    expect([...engine, ...nas].sort()).toEqual([...whole].sort());
  });

  test('runs as a program from the project it is installed in', () => {
    const program = join(installed, 'dist', 'runner', 'cli.js');
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, 'data', 'list', '--json'], {
      cwd: project,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const sets = JSON.parse(stdout) as { name: string; available: boolean }[];
    expect(sets.filter(({ available }) => available).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['mnist', 'emoji']),
    );
  });
});

describe('its types', () => {
  const CONSUMER = `
import { Engine, type ImageSet, matmul, type Program, spaceByName, Trainer, TRAINING_PROTOCOL, withOverrides } from 'nastransfer';
import { open } from 'nastransfer/ENTRY';

const gpu = await open();
const engine = new Engine(gpu);
const program: Program = await engine.compile((graph) => graph.output('y', matmul(graph.feed('a', [2, 3]), graph.feed('b', [3, 4]))));
const values: Float32Array | Uint32Array = await program.read('y');
const space = spaceByName('nasbench201');
const { parameters }: { parameters: number } = space.count(space.parse('text'), {
  channels: 16, cells: 5, classes: 10, size: 32, imageChannels: 3,
});
export async function train(images: ImageSet): Promise<number> {
  const protocol = withOverrides(TRAINING_PROTOCOL, { epochs: 1, channels: 4 });
  const network = space.network(space.parse('text'), { channels: 4, cells: 1, classes: 2, size: 8, imageChannels: 1 });
  const trainer = await Trainer.create({
    engine, network, protocol, seed: 0, data: { shape: images, train: images.train, test: images.test },
  });
  const { trainLoss } = await trainer.epoch();
  return trainLoss + parameters + values.length;
}
// @ts-expect-error a protocol has no such field
withOverrides(TRAINING_PROTOCOL, { epoch: 1 });
`;

  /** Compiles modules with every declaration file checked. @returns the compiler's errors */
  function complaints(file: string, source: string, options: readonly string[]): string {
    writeFileSync(join(project, file), source);
    const tsc = join(root, 'node_modules', 'typescript', 'lib', 'tsc.js');
    const strict = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2023', '--types', ''];
    return spawnSync(process.execPath, [tsc, ...strict, ...options, file], { cwd: project, encoding: 'utf8' }).stdout;
  }

  test('hold in a strict project for Node', () => {
    const options = ['--module', 'nodenext'];
    expect(complaints('node.ts', CONSUMER.replace('ENTRY', 'node'), options)).toBe('');
    expect(complaints('wrong.ts', "import { Engin } from 'nastransfer';\nEngin;\n", options)).toContain("'Engin'");
  });

  test('hold for the engine and the search layer imported separately', () => {
    const [whole] = CONSUMER.trim().split('\n');
    expect(whole).toContain("from 'nastransfer'");
    const apart = CONSUMER.replace(
      whole,
      `import { Engine, matmul, type Program } from 'nastransfer/engine';
import { type ImageSet, spaceByName, Trainer, TRAINING_PROTOCOL, withOverrides } from 'nastransfer/nas';`,
    ).replace('ENTRY', 'node');
    expect(complaints('apart.ts', apart, ['--module', 'nodenext'])).toBe('');
    const misplaced = "import { Trainer } from 'nastransfer/engine';\nTrainer;\n";
    expect(complaints('misplaced.ts', misplaced, ['--module', 'nodenext'])).toContain("'Trainer'");
  });

  test('hold in a strict project for a bundler and a browser', () => {
    const options = ['--module', 'esnext', '--moduleResolution', 'bundler', '--customConditions', 'browser'];
    expect(complaints('browser.ts', CONSUMER.replace('ENTRY', 'browser'), options)).toBe('');
  });
});

describe('bundled for a browser', () => {
  async function bundle(source: string): Promise<Rolldown.OutputChunk[]> {
    const entry = join(project, 'entry.js');
    writeFileSync(entry, source);
    const result = (await build({
      configFile: false,
      root: project,
      logLevel: 'silent',
      build: { write: false, minify: false, target: 'es2022', rolldownOptions: { input: entry } },
    })) as Rolldown.RolldownOutput;
    return result.output.filter((file) => file.type === 'chunk');
  }

  test('it contains neither modules of Node nor the native package', async () => {
    const chunks = await bundle(`
      import * as library from 'nastransfer';
      import { open } from 'nastransfer/browser';
      globalThis.library = { ...library, open };`);
    const modules = chunks.flatMap((chunk) => Object.keys(chunk.modules));
    expect(modules.some((id) => id.includes('nastransfer/dist/src/engine/device/browser.js'))).toBe(true);
    expect(modules.some((id) => id.includes('nastransfer/dist/src/nas/transfer/study.js'))).toBe(true);
    expect(
      modules.filter((id) => /browser-external|node:|device\/node|\/runner\/|node_modules\/webgpu\//.test(id)),
    ).toEqual([]);
    expect(chunks.flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports])).toEqual([]);
    expect(chunks.map((chunk) => chunk.code).join('\n')).not.toMatch(/\brequire\(|['"]node:/);
  });

  test('the engine alone contains nothing of the search layer', async () => {
    const chunks = await bundle("import * as engine from 'nastransfer/engine';\nglobalThis.engine = { ...engine };");
    const modules = chunks.flatMap((chunk) => Object.keys(chunk.modules));
    expect(modules.some((id) => id.includes('nastransfer/dist/src/engine/runtime/engine.js'))).toBe(true);
    expect(modules.filter((id) => /\/src\/nas\/|device\/node|\/runner\//.test(id))).toEqual([]);
  });

  test('opening a device as in Node is refused', async () => {
    await expect(bundle("import { open } from 'nastransfer/node';\nglobalThis.open = open;")).rejects.toThrow(
      /"\.\/node" is not exported/,
    );
  });
});
