import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dataFolder } from './support.js';

let data: string;
let folder: string;
beforeAll(() => {
  data = dataFolder();
});
afterAll(() => rmSync(data, { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-endings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const cell = '|none~0|+|none~0|none~1|+|none~0|none~1|nor_conv_3x3~2|';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program on a fake device; `signal` is sent when its first job has started. */
function program(outcome: string, args: readonly string[], signal?: NodeJS.Signals): Promise<Ended> {
  const script = fileURLToPath(new URL('./pretendedProgram.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, outcome, ...args, '--data-dir', data]);
  let out = '';
  let err = '';
  let sent = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    if (sent || !err.includes('started: ')) return;
    sent = true;
    if (signal) child.kill(signal);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

const published = ['--protocol', 'published'];
const search = () => ['search', '--method', 'darts', '--source', 'tiny', '--out', folder, ...published];
const train = () => ['train', '--architecture', cell, '--target', 'tiny', '--out', folder, ...published];
function study(): string[] {
  const file = join(data, 'slow.study.json');
  writeFileSync(
    file,
    JSON.stringify({ name: 'slow', methods: ['random'], sources: ['tiny'], targets: ['tiny'], seeds: [0] }),
  );
  return ['study', file, '--out', folder];
}

describe('a signal in the middle of a job', () => {
  it.each([
    ['SIGINT', 130, 'search', search],
    ['SIGTERM', 143, 'search', search],
    ['SIGINT', 130, 'train', train],
  ] as const)('%s ends with %i and leaves the folder of a %s free', async (signal, code, _, args) => {
    const ended = await program('slow', args(), signal);
    expect(ended.code, ended.err).toBe(code);
    expect(ended.err.trimEnd().split('\n').at(-1)).toBe('stopped');
    expect(ended.err).not.toMatch(/^ +at /m);
    expect(ended.out).toBe('');
    expect(readdirSync(folder)).toEqual(['jobs.jsonl']);
  });

  it('ends a study, which states how to resume and keeps finished jobs', async () => {
    const ended = await program('slow', study(), 'SIGINT');
    expect(ended.code, ended.err).toBe(130);
    expect(ended.err.trimEnd().split('\n').at(-1)).toBe(
      `stopped; finished jobs are kept in ${folder}: run the same command again to continue`,
    );
    expect(readdirSync(folder).sort()).toEqual(['jobs.jsonl', 'study.json']);
  });
});

describe('an unhandled error', () => {
  it.each([
    ['rejecting', 'error: RangeError: nobody waits for this (--verbose shows where)'],
    ['throwing', 'error: RangeError: nobody catches this (--verbose shows where)'],
    ['starving', 'error: the program stopped before its work was finished'],
  ])('%s: ends the process with exit code 1 and one line', async (outcome, line) => {
    const ended = await program(outcome, search());
    expect(ended.code, ended.err).toBe(1);
    expect(ended.err.trimEnd().split('\n').at(-1)).toContain(line);
    // Before it, the start of the job and its progress.
    expect(ended.err.trimEnd().split('\n')).toHaveLength(3);
    expect(ended.err).not.toMatch(/^ +at /m);
  });

  it('shows its stack trace if requested', async () => {
    const ended = await program('rejecting', [...search(), '--verbose']);
    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(/^RangeError: nobody waits for this\n +at /m);
  });
});
