import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../package/built.js';
import { nastransfer } from './child.js';
import { dataFolder } from './support.js';

const COMMANDS = [
  'quickstart',
  'study',
  'report',
  'search',
  'train',
  'methods',
  'table',
  'score',
  'count',
  'draw',
  'data',
  'doctor',
  'profile',
  'tune',
];
const cell = '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|';

let folder: string;
beforeAll(async () => {
  await ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-process-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('the program as a process', () => {
  it('prints the known numbers of six 3x3 convolutions as JSON only on standard output', async () => {
    const { code, out, err } = await nastransfer(['count', '--space', 'nasbench201', '--architecture', cell, '--json']);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ parameters: 1531546, multiplyAdds: 220119680, mflops: 222.860992 });
  });

  it('prints its version and the available commands', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect((await nastransfer(['--version'])).out).toBe(`${version}\n`);
    const { code, out } = await nastransfer(['--help']);
    expect(code).toBe(0);
    expect([...out.matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1])).toEqual([...COMMANDS, 'help']);
  });

  it.each([...COMMANDS, 'data list', 'data info', 'data sheet'])('explains %s', async (command) => {
    const { code, out, err } = await nastransfer([...command.split(' '), '--help']);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: nastransfer ${command} `));
    // These two only group others.
    if (command !== 'data' && command !== 'table')
      for (const option of ['--json', '--verbose']) expect(out).toContain(option);
  });

  it.each<[string, () => string[], string]>([
    ['no command', () => [], 'Usage: nastransfer'],
    ['an unknown command', () => ['cuont'], "unknown command 'cuont'\n(Did you mean count?)"],
    ['an unknown option', () => ['doctor', '--jsno'], "unknown option '--jsno'\n(Did you mean --json?)"],
    ['an argument too many', () => ['quickstart', 'now'], 'too many arguments'],
    [
      'an unknown space',
      () => ['count', '--space', 'x', '--architecture', cell],
      'Space "x" is not known, wanted one of',
    ],
    [
      'an unknown method',
      () => ['search', '--method', 'x', '--source', 'mnist'],
      'Method "x" is not known, wanted one of',
    ],
    ['an unknown image set', () => ['search', '--method', 'random', '--source', 'x'], "image set 'x': no such name"],
    ['an unknown rule', () => ['search', '--method', 'random', '--source', 'mnist:x'], "got 'x', wanted SET, SET:RULE"],
    ['a malformed architecture', () => ['count', '--architecture', '|none~0|'], 'position 8: got the end of the text'],
    ['a study that is no JSON', () => ['study', file('broken.json', '{"name": ')], 'broken.json: is not JSON'],
    [
      'a study without methods',
      () => ['study', file('empty.json', '{}')],
      'empty.json: name: got nothing, wanted a text',
    ],
    [
      'a study with a field of no meaning',
      () => ['study', file('more.json', '{"epochs": 3}')],
      'epochs: got a field that is not known here',
    ],
  ])('ends with 2 and one clear line after %s', async (_, args, message) => {
    const { code, out, err } = await nastransfer(args());
    expect(out).toBe('');
    expect(err).toContain(message);
    expect(err).not.toMatch(/^ +at /m);
    expect(code).toBe(2);
  });

  it('ends with 1 on a damaged image set, naming the file and the byte', async () => {
    const data = dataFolder();
    writeFileSync(join(data, 'tiny.bin'), readFileSync(join(data, 'tiny.bin')).subarray(0, 1000));
    const { code, out, err } = await nastransfer(['data', 'info', join(data, 'tiny.json')]);
    rmSync(data, { recursive: true });
    expect(out).toBe('');
    expect(err).toContain('tiny.bin at byte 1000: got end of file after 1000 bytes, wanted 3900 bytes');
    expect(code).toBe(1);
  });

  it('shows a stack trace only if requested', async () => {
    const args = ['report', folder];
    const plain = await nastransfer(args);
    expect(plain.err.trim().split('\n')).toHaveLength(1);
    const verbose = await nastransfer([...args, '--verbose']);
    expect(verbose.err).toMatch(/^StoreError: .*\n +at /);
    expect([plain.code, verbose.code]).toEqual([1, 1]);
  });

  it.each([
    ['--help', ['zod', '@viz-js', 'webgpu', 'src/nas/spaces', 'src/engine/runtime']],
    ['search --help', ['zod', '@viz-js', 'webgpu', 'src/nas/spaces', 'src/nas/methods', 'src/engine/runtime']],
    [`count --architecture ${cell}`, ['@viz-js', 'webgpu', 'src/engine/device/node', 'runner/data', 'runner/study']],
  ])('starts without loading what %s has no use for', async (line, heavy) => {
    // Node's coverage lists every module of the process.
    const coverage = mkdtempSync(join(folder, 'coverage-'));
    const { code } = await nastransfer(line.split(' '), { env: { ...process.env, NODE_V8_COVERAGE: coverage } });
    expect(code).toBe(0);
    const [report] = readdirSync(coverage);
    const { result } = JSON.parse(readFileSync(join(coverage, report), 'utf8')) as { result: { url: string }[] };
    const loaded = result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
    for (const used of ['dist/runner/commands/program.js', '/node_modules/commander/'])
      expect(
        loaded.some((url) => url.includes(used)),
        used,
      ).toBe(true);
    expect(loaded.filter((url) => heavy.some((part) => url.includes(`/${part}/`)))).toEqual([]);
  });
});
