import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const cli = join(root, 'dist', 'runner', 'cli.js');

/** A build takes seconds; a lock this old is from a killed process. */
const STALE_LOCK_MS = 120_000;

/** Builds `dist` if it is not up to date, as `npm run build` does, and only once although test files run in parallel. */
export async function ensureBuilt(): Promise<void> {
  const lock = join(root, 'node_modules', '.nastransfer-build-lock');
  while (!isCurrent()) {
    if (!acquire(lock)) {
      await sleep(100);
      continue;
    }
    try {
      return await build();
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
}

async function build(): Promise<void> {
  const tsc = join(root, 'node_modules', 'typescript', 'lib', 'tsc.js');
  const run = promisify(execFile);
  await run(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root }).catch((error) => {
    throw new Error(`the build that these tests run failed:\n${error.stdout}${error.stderr}`);
  });
  await run(process.execPath, [join(root, 'scripts/markExecutable.mjs')]);
}

/** Whether the program was built after the last change of a source file. */
function isCurrent(): boolean {
  const built = modified(cli);
  const config = ['package.json', 'tsconfig.json', 'tsconfig.build.json'].map((file) => join(root, file));
  return [...config, ...sources('src'), ...sources('runner')].every((file) => modified(file) < built);
}

function sources(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true }).map(String);
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(root, folder, name));
}

function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function acquire(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const since = modified(lock);
    if (since > 0 && Date.now() - since > STALE_LOCK_MS) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}
