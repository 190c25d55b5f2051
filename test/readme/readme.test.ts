import { type ExecException, exec, execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listImageSets } from '../../runner/data/imageSets.js';
import * as engine from '../../src/engine/index.js';
import {
  ENCODING_NAMES,
  METHOD_NAMES,
  PREDICTOR_NAMES,
  SCORE_NAMES,
  SOURCE_RULES,
  SPACE_NAMES,
} from '../../src/nas/index.js';
import { cli, ensureBuilt, root } from '../package/built.js';
import { installedProject, packageJson } from '../package/installed.js';
import { start } from '../runner/cli/child.js';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The contents of README's fenced blocks of a language. */
const blocks = (language: string): string[] =>
  [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter((match) => match[1] === language)
    .map((match) => match[2]);

const QUICKSTART = 'npm ci && npx nastransfer quickstart';
const TESTS = 'npm ci && npm test';

/** Expected output of the commands that run unchanged. Every command of README is here or has its own test below. */
const PRINTED: Readonly<Record<string, RegExp>> = {
  'npx nastransfer doctor': /^adapter .*\n[\s\S]*^matrix product +[\d.]+ GFLOP\/s$/m,
  'npx nastransfer data list': /^name .*\nmnist +60000 \+ 10000 /,
  'npx nastransfer count': /^parameters +[\d,]+$/m,
  'npx nastransfer search': /^\|\S+\|\n$/,
  'npx nastransfer data info': /my-images: 32 x 32 x 3, 2 classes/,
  'npx nastransfer data sheet': /^wrote my-images\.png$/m,
  'npx nastransfer train': /^test accuracy [\d.]+ %, loss [\d.]+$/m,
  'npx nastransfer study studies/smoke.json': /^report: runs\/smoke\/report\.html$/m,
  'npx nastransfer report': /^wrote runs\/smoke\/report\.html$/m,
  'npx nastransfer table build': /^4 rows: .*mine\.csv\.gz$/m,
  'npx nastransfer table best': /^validation accuracy on mnist after 1 epoch, seed 0$/m,
  'npx nastransfer score': /^naswot +2 /m,
  'npx nastransfer study --schema': /"\$schema"[\s\S]*"methods"/,
};

let project: string;
beforeAll(async () => {
  project = await installedProject();
  // As npm leaves the program of a package, and what of a checkout the commands name.
  const program = join(project, 'node_modules', 'nastransfer', 'dist', 'runner', 'cli.js');
  mkdirSync(join(project, 'node_modules', '.bin'));
  symlinkSync(program, join(project, 'node_modules', '.bin', 'nastransfer'));
  chmodSync(program, 0o755);
  cpSync(join(root, 'studies'), join(project, 'studies'), { recursive: true });
  for (const [name, red] of [
    ['apples', 200],
    ['leaves', 40],
  ] as const) {
    mkdirSync(join(project, 'my-images', name), { recursive: true });
    for (let i = 0; i < 20; i++) {
      const image = new PNG({ width: 20, height: 24 });
      for (let at = 0; at < image.data.length; at += 4) image.data.set([red + i, 120, 5 * i, 255], at);
      writeFileSync(join(project, 'my-images', name, `${i}.png`), PNG.sync.write(image));
    }
  }
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

function run(command: string): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    exec(command, { cwd: project }, (error: ExecException | null, out, err) =>
      resolve({ code: error ? (error.code ?? -1) : 0, out, err }),
    );
  });
}

// Every command compiles its kernels: seconds on lavapipe, more on SwiftShader.
describe('the commands of README', () => {
  const commands = blocks('sh').flatMap((block) => block.trim().split('\n'));

  test.each(commands.filter((command) => ![QUICKSTART, TESTS].includes(command)))('%s', async (command) => {
    const known = Object.keys(PRINTED).filter((start) => command.startsWith(start));
    expect(known, `PRINTED has to say what '${command}' prints`).toHaveLength(1);
    const { code, out, err } = await run(command);
    expect(code, err).toBe(0);
    expect(out).toMatch(PRINTED[known[0]]);
  });

  test('npx finds the program executable in this checkout, also when the tests have rebuilt it', async () => {
    await ensureBuilt();
    expect(statSync(cli).mode & 0o111).toBe(0o111);
  });

  test('the two commands to install and run are those that .ci/run extracts from README and runs, from npm ci on', () => {
    const ci = readFileSync(join(root, '.ci', 'run'), 'utf8');
    for (const command of [QUICKSTART, TESTS]) {
      expect(commands).toContain(command);
      expect(ci).toContain(`grep -m 1 -oE '${command}' README.md`);
    }
    expect(packageJson.scripts.test).toBe('vitest run');
  });

  test('quickstart starts the study that README shows (the full study takes minutes; a smaller one runs to its end below)', async () => {
    expect(commands).toContain(QUICKSTART);
    const out = join(project, 'runs', 'quickstart');
    const begun = /\[1\/\d+\] .*: done/;
    const { err } = await start(['quickstart', '--out', out], {}, (text, kill) => begun.test(text) && kill()).ended;
    expect(err).toMatch(begun);
    expect(/(\d+) jobs to do/.exec(err)?.[1]).toBe(/quickstart: (\d+) jobs to do/.exec(readme)?.[1]);
    expect(existsSync(join(out, 'study.json'))).toBe(true);
  });

  test('quickstart, made small, ends as README shows: the table, the linear classifier, the sentence, the report', async () => {
    const study = JSON.parse(readFileSync(join(root, 'studies', 'quickstart.json'), 'utf8'));
    const few = { epochs: 1, channels: 4, imageSize: 8 };
    const small = {
      ...study,
      methods: ['random', { name: 'regularized-evolution', options: { population: 2, cycles: 2 } }, 'darts'],
      sources: study.sources.map((source: object) => ({ ...source, limit: 64 })),
      targets: study.targets.map((target: object) => ({ ...target, limit: 64, testLimit: 64 })),
      search: { ...study.search, ...few },
      training: { ...study.training, ...few },
      fitness: { ...study.fitness, epochs: 1 },
    };
    expect(
      small.methods.map((method: string | { name: string }) => (typeof method === 'string' ? method : method.name)),
    ).toEqual(
      study.methods.map((method: string | { name: string }) => (typeof method === 'string' ? method : method.name)),
    );
    writeFileSync(join(project, 'small.json'), JSON.stringify(small));
    const { code, out, err } = await run('npx nastransfer study small.json --out runs/small');
    expect(code, err).toBe(0);

    const [sample] = blocks('text');
    const shown = sample.slice(sample.indexOf('\nmethod ') + 1).split('\n');
    const printed = out.split('\n');
    // Columns are as wide as the accuracies in them.
    const columns = (row: string) => row.trim().split(/ {2,}/);
    expect(columns(printed[0])).toEqual(columns(shown[0]));
    // Accuracies differ; what they are of does not.
    const subject = (row: string) => row.trim().split(/ {2,}/).slice(0, 3).join(' on ');
    for (const row of shown.slice(1, shown.indexOf('…'))) expect(printed.map(subject)).toContain(subject(row));
    expect(printed).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^digits: a linear classifier [\d.]+ %, guessing [\d.]+ %$/),
        'report: runs/small/report.html',
      ]),
    );
    expect(shown).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^digits: a linear classifier [\d.]+ %, guessing [\d.]+ %$/),
        'report: runs/quickstart/report.html',
      ]),
    );
  });
});

describe("README's example of the library", () => {
  const [example] = blocks('js');

  test('has at most 15 lines, and trains a network better than guessing', () => {
    expect(example.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(15);
    writeFileSync(join(project, 'example.js'), example);
    const out = execFileSync(process.execPath, ['example.js'], { cwd: project, encoding: 'utf8', stdio: 'pipe' });
    expect(out.match(/trainLoss/g)).toHaveLength(4);
    expect(out).toMatch(/^\|\S+\| \{ loss: [\d.]+, accuracy: [\d.]+ \}$/m);
    // Ten kinds of digits; the largest is an eighth of them.
    expect(Number(/accuracy: ([\d.]+) \}/.exec(out)?.[1])).toBeGreaterThan(0.3);
  });

  test('is TypeScript as well', () => {
    writeFileSync(join(project, 'example.ts'), example);
    const tsc = join(root, 'node_modules', 'typescript', 'lib', 'tsc.js');
    const options = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', '--types', ''];
    execFileSync(process.execPath, [tsc, ...options, 'example.ts'], { cwd: project, stdio: 'pipe' });
  });
});

describe('the lists of README and docs/supported.md are those of the code:', () => {
  const supported = readFileSync(join(root, 'docs', 'supported.md'), 'utf8');

  /** Names in backticks in the second column of the table row that starts with `label`. */
  function listed(label: string): string[] {
    const row = new RegExp(`^\\| ${label} +\\|(.*)\\|$`, 'm').exec(supported);
    if (!row) throw new Error(`docs/supported.md has no table row '${label}'`);
    return [...row[1].matchAll(/`([^`]+)`/g)].map((match) => match[1]).sort();
  }
  /** Functions that the index of a module of the engine exports from files whose path matches. */
  const exported = (module: string, path = /./): string[] => {
    const index = readFileSync(join(root, 'src', 'engine', module, 'index.ts'), 'utf8');
    const lines = [...index.matchAll(/^export \{([^}]*)\} from '([^']*)'/gm)].filter((match) => path.test(match[2]));
    const names = lines.flatMap((match) => match[1].split(',').map((name) => name.trim()));
    return names.filter((name) => typeof (engine as Record<string, unknown>)[name] === 'function').sort();
  };

  test.each<[string, () => readonly string[] | Promise<readonly string[]>]>([
    ['search spaces', () => SPACE_NAMES],
    ['search methods', () => METHOD_NAMES],
    ['predictors', () => PREDICTOR_NAMES],
    ['encodings', () => ENCODING_NAMES],
    ['zero-cost scores', () => SCORE_NAMES],
    ['source rules', () => SOURCE_RULES],
    [
      'image sets by name',
      async () => (await listImageSets({ dataDir: join(root, 'studies') })).map(({ name }) => name),
    ],
    ['operations', () => exported('ops', /^\.\/(?!record\/)[a-z]+\//)],
    ['layers', () => exported('nn').filter((name) => /^[A-Z]/.test(name))],
    ['optimisers', () => exported('optim').filter((name) => /^[A-Z]/.test(name))],
  ])('%s', async (label, names) => {
    const known = await names();
    expect(known.length).toBeGreaterThan(0);
    expect(listed(label)).toEqual([...known].sort());
  });

  test('commands', async () => {
    const { out } = await run('npx nastransfer --help');
    const known = [...out.matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1]).filter((name) => name !== 'help');
    expect(known.length).toBeGreaterThan(0);
    for (const name of known) expect(readme).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
  });

  test('the version of Node, and the files it links to', () => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(engines.node).toBe(`>=${/Node (\d+\.\d+) or newer/.exec(readme)?.[1]}`);
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1]);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(existsSync(join(root, link)), link).toBe(true);
  });
});
