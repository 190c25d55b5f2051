import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
const config = join(root, '.dependency-cruiser.mjs');

type Files = Readonly<Record<string, string>>;

/** A small tree in which every import is allowed: runner -> src/nas -> src/engine. */
const ALLOWED: Files = {
  'package.json': JSON.stringify({ name: 'tree', type: 'module' }),
  'tsconfig.json': JSON.stringify({ compilerOptions: { module: 'NodeNext', moduleResolution: 'NodeNext' } }),
  'src/index.ts': `export * from './engine/index.js';\nexport * from './nas/index.js';`,
  'src/engine/index.ts': `export * from './graph/index.js';\nexport * from './errors/errors.js';`,
  'src/engine/errors/errors.ts': 'export class ShapeError extends Error {}',
  'src/engine/graph/index.ts': `export { Graph } from './graph.js';`,
  'src/engine/graph/graph.ts': `import { ShapeError } from '../errors/errors.js';\nexport class Graph { fail() { throw new ShapeError(); } }`,
  'src/nas/index.ts': `export * from './spaces/index.js';`,
  'src/nas/spaces/index.ts': `export { draw } from './draw.js';`,
  'src/nas/spaces/draw.ts': `import { Graph } from '../../engine/graph/graph.js';\nexport const draw = () => new Graph();`,
  'runner/cli.ts': `import { draw } from '../src/nas/spaces/index.js';\nimport { readFileSync } from 'node:fs';\ndraw();\nreadFileSync('a');`,
};

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

/** Runs dependency-cruiser with the project's rules on the allowed tree with these files added or replaced. */
function cruise(planted: Files, outputType: 'json' | 'err'): { status: number | null; stdout: string } {
  const tree = mkdtempSync(join(tmpdir(), 'nastransfer-imports-'));
  try {
    const files = { ...ALLOWED, ...planted };
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      writeFileSync(join(tree, file), `${text}\n`);
    }
    const folders = [...new Set(Object.keys(files).flatMap((file) => (file.includes('/') ? file.split('/')[0] : [])))];
    const args = [program, '--config', config, '--output-type', outputType, ...folders];
    return spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8' });
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** Every violation that the rules find, as 'rule: file -> file'. */
function violationsIn(planted: Files): string[] {
  const { violations } = JSON.parse(cruise(planted, 'json').stdout).summary as { violations: Violation[] };
  return violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

describe('the rules of imports', () => {
  test('accept a tree in which every import is allowed', () => {
    expect(cruise({}, 'err').status).toBe(0);
    expect(violationsIn({})).toEqual([]);
  });

  test('end with an error when an import is not allowed', () => {
    const { status, stdout } = cruise({ 'src/nas/spaces/draw.ts': `export { join as draw } from 'node:path';` }, 'err');
    expect(stdout).toContain('no-node-in-library');
    expect(status).not.toBe(0);
  });

  test.each<[string, Files, string[]]>([
    [
      'two files that import one another',
      {
        'src/engine/graph/graph.ts': `import { size } from './types.js';\nexport class Graph { size = size; }`,
        'src/engine/graph/types.ts': `import { Graph } from './graph.js';\nexport const size = () => Graph.length;`,
      },
      ['no-circular-files: src/engine/graph/graph.ts -> src/engine/graph/types.ts'],
    ],
    [
      'two files of which one imports a type only',
      {
        'src/engine/graph/graph.ts': `import { size } from './types.js';\nexport class Graph { size = size; }`,
        'src/engine/graph/types.ts': `import type { Graph } from './graph.js';\nexport const size = (graph: Graph) => graph;`,
      },
      ['no-circular-files: src/engine/graph/graph.ts -> src/engine/graph/types.ts'],
    ],
    [
      'two folders that import one another, though no file does',
      {
        'runner/cli.ts': `import { a } from './a/one.js';\nimport { draw } from '../src/nas/spaces/index.js';\ndraw(a);`,
        'runner/a/one.ts': `import { b } from '../b/one.js';\nexport const a = b;`,
        'runner/b/one.ts': `import type { Two } from '../a/two.js';\nexport const b: Two = 1;`,
        'runner/a/two.ts': 'export type Two = number;',
      },
      ['no-circular-folders: runner/a -> runner/b', 'no-circular-folders: runner/b -> runner/a'],
    ],
    [
      'an import of the search layer by the engine',
      {
        'src/engine/graph/graph.ts': `import type { draw } from '../../nas/math/mean.js';\nexport class Graph { draw?: typeof draw; }`,
        'src/nas/math/mean.ts': 'export const draw = 1;',
      },
      ['engine-is-lowest: src/engine/graph/graph.ts -> src/nas/math/mean.ts'],
    ],
    [
      'an import of the runner by the search layer',
      {
        'src/nas/spaces/draw.ts': `import { tell } from '../../../runner/tell.js';\nexport const draw = tell;`,
        'runner/tell.ts': 'export const tell = 1;',
      },
      [
        'nas-below-runner: src/nas/spaces/draw.ts -> runner/tell.ts',
        'no-circular-folders: runner -> src/nas/spaces',
        'no-circular-folders: src/nas/spaces -> runner',
      ],
    ],
    [
      'an import of a later module of the engine by an earlier one',
      {
        'src/engine/errors/errors.ts': `import type { Sample } from '../random/sample.js';\nexport class ShapeError extends Error { sample?: Sample; }`,
        'src/engine/random/sample.ts': 'export type Sample = number;',
      },
      ['engine-order: src/engine/errors/errors.ts -> src/engine/random/sample.ts'],
    ],
    [
      'an import of a later module of the search layer by an earlier one',
      {
        'src/nas/spaces/draw.ts': `import { fit } from '../training/fit.js';\nexport const draw = fit;`,
        'src/nas/training/fit.ts': 'export const fit = 1;',
      },
      ['nas-order: src/nas/spaces/draw.ts -> src/nas/training/fit.ts'],
    ],
    [
      'a module that the lists of modules lack',
      {
        'src/nas/spaces/draw.ts': `import { fit } from '../misc/fit.js';\nexport const draw = fit;`,
        'src/nas/misc/fit.ts': 'export const fit = 1;',
      },
      ['nas-unlisted: src/nas/spaces/draw.ts -> src/nas/misc/fit.ts'],
    ],
    [
      'a file of a module that the runner imports past its index',
      { 'runner/cli.ts': `import { draw } from '../src/nas/spaces/draw.js';\ndraw();` },
      ['runner-through-indexes: runner/cli.ts -> src/nas/spaces/draw.ts'],
    ],
    [
      'a module of Node in the library',
      { 'src/nas/spaces/draw.ts': `import { join } from 'node:path';\nexport const draw = join;` },
      ['no-node-in-library: src/nas/spaces/draw.ts -> path'],
    ],
    [
      'a chart that needs Node by way of another file',
      {
        'runner/cli.ts': `import { draw } from '../src/nas/spaces/index.js';\nimport { plot } from './report/plot.js';\ndraw(plot);`,
        'runner/report/plot.ts': `import { text } from './text.js';\nexport const plot = text;`,
        'runner/report/text.ts': `import { readFileSync } from 'node:fs';\nexport const text = readFileSync;`,
      },
      ['charts-without-node: runner/report/plot.ts -> fs'],
    ],
    [
      'a file that nothing needs',
      { 'src/nas/spaces/old.ts': `import { draw } from './draw.js';\nexport const old = draw;` },
      ['no-dead-files: src/nas/spaces/old.ts -> src/nas/spaces/old.ts'],
    ],
    [
      'a file without imports that nothing imports',
      { 'bench/alone.ts': 'export const alone = 1;' },
      ['no-orphans: bench/alone.ts -> bench/alone.ts'],
    ],
    [
      'an import of a benchmark by the program',
      {
        'runner/cli.ts': `import { draw } from '../src/nas/spaces/index.js';\nimport { time } from '../bench/time.js';\ndraw(time);`,
        'bench/time.ts': 'export const time = 1;',
      },
      ['product-without-tools: runner/cli.ts -> bench/time.ts'],
    ],
    [
      'an import of a file that does not exist',
      { 'src/nas/spaces/draw.ts': `import { gone } from './gone.js';\nexport const draw = gone;` },
      ['not-to-unresolvable: src/nas/spaces/draw.ts -> ./gone.js'],
    ],
  ])('reject %s', (_, planted, expected) => {
    expect(violationsIn(planted).sort()).toEqual(expected.sort());
  });
});
