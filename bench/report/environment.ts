import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg } from 'node:os';
import type { AdapterSummary } from '../../src/engine/device/adapter.js';

/** Where and when times were taken. */
export interface Environment {
  readonly adapter: string;
  readonly driver: string;
  readonly processor: string;
  /** Cores that the process may use. */
  readonly cores: number;
  readonly date: string;
  /** Load average of the last minute at the start; above 0 when other processes were running. */
  readonly loadAverage: number;
  /** By name: node, webgpu, nastransfer (with the commit where there is one), peers. */
  readonly versions: Readonly<Record<string, string>>;
}

const require = createRequire(import.meta.url);
const folder = new URL('..', import.meta.url);

/** Call it before timing, so that the load is that of other processes. */
export function environmentOf(adapter: AdapterSummary, peers: Readonly<Record<string, string>> = {}): Environment {
  return {
    adapter: adapter.name,
    driver: adapter.driver,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    date: new Date().toISOString(),
    loadAverage: loadavg()[0],
    versions: {
      node: process.versions.node,
      webgpu: require('webgpu/package.json').version as string,
      nastransfer: [require('../../package.json').version as string, commit()].filter(Boolean).join(' '),
      ...peers,
    },
  };
}

/** Short name of the commit, with "modified" where the tree differs from it; undefined outside a repository. */
function commit(): string | undefined {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    const changes = git('status', '--porcelain', '--untracked-files=no');
    return git('rev-parse', '--short', 'HEAD') + (changes ? ' modified' : '');
  } catch {
    return undefined;
  }
}

/** Describes the environment in one line. */
export function describeEnvironment(environment: Environment): string {
  const { adapter, driver, processor, cores, date, loadAverage, versions } = environment;
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${adapter} (${driver}), ${processor}, ${cores} cores; ${packages.join(', ')}; ${date.slice(0, 10)}, load ${loadAverage.toFixed(1)}`;
}
