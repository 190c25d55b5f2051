import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../runner/errors/errors.js';
import { LockedError } from '../../../runner/files/lock.js';
import { makeFolder } from '../../../runner/files/makeFolder.js';
import { openStudyFolder, readResults } from '../../../runner/study/store.js';
import { planStudy } from '../../../src/nas/transfer/plan.js';
import { type JobRecord, runStudy } from '../../../src/nas/transfer/study.js';
import {
  fakeContext,
  fakeExecutors,
  fakeProvenance,
  fakeStudy,
  MemoryStore,
  withoutTimes,
} from '../../nas/transfer/fakes.js';

const linux = process.platform === 'linux';
if (!linux)
  console.warn(
    'skipped: locks of processes and folders that cannot be made, as they are on Linux; to run it, run the tests on Linux',
  );

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nastransfer-study-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const record = (digit: string): JobRecord => ({
  hash: digit.repeat(64),
  kind: 'baseline',
  seconds: 1.5,
  outcome: { chance: 0.1, linear: 1 / 3 },
});

/** A child process that works in the folder; `lines` are its output so far. */
interface Worker {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly errors: string[];
  readonly ended: Promise<number | null>;
}

function startWorker(milliseconds: number): Worker {
  const script = fileURLToPath(new URL('./worker.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, String(milliseconds)]);
  const lines: string[] = [];
  const errors: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')));
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(...text.trim().split('\n')));
  return { child, lines, errors, ended: new Promise((resolve) => child.on('close', resolve)) };
}

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2);
}

async function wholeResults() {
  const plan = await planStudy(fakeStudy, fakeContext);
  const results = await runStudy(plan, { ...fakeExecutors(), store: new MemoryStore(), provenance: fakeProvenance });
  return withoutTimes(results);
}

describe('the folder of a study', () => {
  it('returns in a later process what was appended, to the last bit', async () => {
    const first = await openStudyFolder(folder);
    await first.append(record('a'));
    await first.append(record('b'));
    await first.close();
    const second = await openStudyFolder(folder);
    expect(second.get('a'.repeat(64))).toEqual(record('a'));
    expect(second.get('b'.repeat(64))).toEqual(record('b'));
    expect(second.get('c'.repeat(64))).toBeUndefined();
    await second.close();
    expect(readdirSync(folder)).toEqual(['jobs.jsonl']);
  });

  it('drops a last line truncated at any byte, reports it, and continues after the line before', async () => {
    const whole = `${JSON.stringify(record('a'))}\n`;
    const torn = `${JSON.stringify(record('b'))}\n`;
    for (let length = 1; length < torn.length; length += 7) {
      writeFileSync(join(folder, 'jobs.jsonl'), whole + torn.slice(0, length));
      const notices: string[] = [];
      const store = await openStudyFolder(folder, (text) => notices.push(text));
      expect(notices).toHaveLength(1);
      expect(notices[0]).toContain('dropped line 2');
      expect(store.get('b'.repeat(64))).toBeUndefined();
      await store.append(record('c'));
      await store.close();
      expect(readFileSync(join(folder, 'jobs.jsonl'), 'utf8')).toBe(`${whole}${JSON.stringify(record('c'))}\n`);
    }
  });

  it('refuses a damaged line in the middle rather than forgetting what comes after it', async () => {
    const line = JSON.stringify(record('a'));
    writeFileSync(join(folder, 'jobs.jsonl'), `${line}\n${line.slice(0, 40)}\n${line}\n`);
    await expect(openStudyFolder(folder)).rejects.toThrow(StoreError);
    await expect(openStudyFolder(folder)).rejects.toThrow(
      `jobs.jsonl: line 2 (byte ${line.length + 1}) is not the record`,
    );
  });

  it('is for one process at a time, this one included', async () => {
    const store = await openStudyFolder(folder);
    await expect(openStudyFolder(folder)).rejects.toThrow(LockedError);
    await expect(openStudyFolder(folder)).rejects.toThrow(`process ${process.pid} is working in this folder`);
    await store.close();
    await (await openStudyFolder(folder)).close();
  });

  it('keeps the lock of another machine, whose processes it cannot see', async () => {
    const holder = { id: 'x', pid: 1, started: null, host: `not-${hostname()}` };
    writeFileSync(join(folder, 'study.lock'), JSON.stringify(holder));
    await expect(openStudyFolder(folder)).rejects.toThrow(`process 1 on not-${hostname()}`);
  });

  it.skipIf(!linux)('takes over a lock whose pid has gone to another process since', async () => {
    const holder = { id: 'x', pid: process.ppid, started: '1', host: hostname() };
    writeFileSync(join(folder, 'study.lock'), JSON.stringify(holder));
    const notices: string[] = [];
    await (await openStudyFolder(folder, (text) => notices.push(text))).close();
    expect(notices[0]).toContain('removed the lock of a process that no longer runs');
  });

  it('takes over a lock whose owner died before writing it', async () => {
    writeFileSync(join(folder, 'study.lock'), '');
    await (await openStudyFolder(folder)).close();
  });

  it('lets exactly one of many processes that find a stale lock at the same time take it over', async () => {
    writeFileSync(
      join(folder, 'study.lock'),
      JSON.stringify({ id: 'x', pid: 2 ** 30, started: null, host: hostname() }),
    );
    const opened = await Promise.allSettled(Array.from({ length: 8 }, () => openStudyFolder(folder)));
    const stores = opened.filter((result) => result.status === 'fulfilled').map((result) => result.value);
    expect(stores).toHaveLength(1);
    for (const result of opened) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(LockedError);
    await stores[0].close();
  });

  it('is refused if there is a file of that name, for any path below it', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'text');
    for (const path of [file, join(file, 'below', 'it')]) {
      await expect(openStudyFolder(path)).rejects.toThrow(StoreError);
      await expect(openStudyFolder(path)).rejects.toThrow(`${file}: got a file, wanted a folder`);
    }
    await expect(openStudyFolder('')).rejects.toThrow('got an empty name, wanted a folder');
    await expect(readResults(file)).rejects.toThrow(`${file}: got a file, wanted the folder of a study`);
    expect(readFileSync(file, 'utf8')).toBe('text');
  });

  it.skipIf(!linux)('is refused where the system creates no folder and no file', async () => {
    await expect(openStudyFolder('/proc/nastransfer/run')).rejects.toThrow(
      '/proc/nastransfer: the folder cannot be created: no such file or folder; choose another folder with --out',
    );
    await expect(openStudyFolder('/proc')).rejects.toThrow("/proc: can't be written to: ");
  });

  it('is created with all parent folders, also by many processes at once', async () => {
    const path = join(folder, 'a', 'b', 'c');
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
    await (await openStudyFolder(path)).close();
    expect(readdirSync(path)).toEqual(['jobs.jsonl']);
  });

  it('deletes the half-written files of killed processes', async () => {
    writeFileSync(join(folder, 'results.json.99.tmp'), '{"format":');
    await (await openStudyFolder(folder)).close();
    expect(readdirSync(folder)).toEqual(['jobs.jsonl']);
  });

  it('has results only at the end, and reports that before', async () => {
    await expect(readResults(folder)).rejects.toThrow(
      'results.json: is not there, wanted the results of a finished study',
    );
    writeFileSync(join(folder, 'results.json'), '{"format": 9}');
    await expect(readResults(folder)).rejects.toThrow('format is 9, wanted the results of a study, format 1');
    writeFileSync(join(folder, 'results.json'), '{');
    await expect(readResults(folder)).rejects.toThrow('is not JSON');
  });
});

describe('a study in its own process', () => {
  it('killed at random points and run again, ends with the results of an uninterrupted one', async () => {
    const done: string[] = [];
    for (let kills = 0; kills < 4; kills++) {
      const stop = 1 + Math.floor(Math.random() * 5);
      const delay = Math.random() * 12;
      const worker = startWorker(8);
      await waitFor(() => worker.lines.length >= stop || worker.child.exitCode !== null);
      await sleep(delay);
      worker.child.kill('SIGKILL');
      await worker.ended;
      done.push(...worker.lines);
      // A kill between finishing a job and its line repeats at most that one job.
      expect(done.length - new Set(done).size, `kill ${kills} after line ${stop} and ${delay} ms`).toBeLessThanOrEqual(
        kills + 1,
      );
    }
    const last = startWorker(0);
    expect(await last.ended, last.errors.join('\n')).toBe(0);
    expect(withoutTimes(await readResults(folder))).toEqual(await wholeResults());
    expect(readdirSync(folder).sort()).toEqual(['jobs.jsonl', 'results.json']);
  });

  it('excludes others while it lives, and no longer', async () => {
    const worker = startWorker(600_000);
    await waitFor(() => worker.lines.length > 0);
    await expect(openStudyFolder(folder)).rejects.toThrow(`process ${worker.child.pid} is working in this folder`);
    worker.child.kill('SIGKILL');
    await worker.ended;
    expect(existsSync(join(folder, 'study.lock'))).toBe(true);
    appendFileSync(join(folder, 'jobs.jsonl'), '{"hash":"');
    const notices: string[] = [];
    const store = await openStudyFolder(folder, (text) => notices.push(text));
    await store.close();
    expect(notices).toHaveLength(2);
  });
});
