import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NasTransferError } from '../../src/engine/errors/index.js';
import { registerSourceRule, SOURCE_RULES } from '../../src/nas/data/index.js';
import { METHOD_NAMES, registerMethod } from '../../src/nas/methods/index.js';
import type { PluginRecord } from '../../src/nas/records/index.js';
import { registerSpace, SPACE_NAMES } from '../../src/nas/spaces/index.js';
import { reasonOf } from '../errors/reason.js';

/** A module that cannot be loaded, or registers nothing. */
export class PluginError extends NasTransferError {
  override readonly code = 'plugin';
}

/** What the default export of a plugin is called with: the registries of the program that runs. */
export interface PluginHost {
  readonly registerMethod: typeof registerMethod;
  readonly registerSpace: typeof registerSpace;
  readonly registerSourceRule: typeof registerSourceRule;
}

const host: PluginHost = { registerMethod, registerSpace, registerSourceRule };

/** Loaded plugins by file: a module registers once in a process. */
const loaded = new Map<string, Promise<PluginRecord>>();

/**
 * Loads ES modules that register methods, spaces or source rules: at their top level, by the functions of the package
 * `nastransfer`, or in a default export that is called with these functions.
 * @param modules paths, relative to the working folder, or names of packages installed there
 * @throws {PluginError} when a module is not found, fails, or registers nothing
 */
export async function loadPlugins(modules: readonly string[] = []): Promise<PluginRecord[]> {
  const records: PluginRecord[] = [];
  // Sequentially, because what a module registers is found by comparing the registries before and after.
  for (const module of modules) {
    const file = fileOf(module);
    if (!loaded.has(file)) loaded.set(file, load(module, file));
    records.push({ ...(await loaded.get(file)!), module });
  }
  return records;
}

/** Digest of the code of a run's plugins, for hashes of jobs; undefined without plugins. */
export function pluginDigest(plugins: readonly PluginRecord[]): string | undefined {
  return plugins.length === 0 ? undefined : plugins.map(({ digest }) => digest).join(' ');
}

function fileOf(module: string): string {
  const path = resolve(module);
  if (module.startsWith('.') || isAbsolute(module)) return path;
  try {
    return createRequire(join(process.cwd(), 'plugin')).resolve(module);
  } catch {
    return path;
  }
}

async function load(module: string, file: string): Promise<PluginRecord> {
  const before = registered();
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new PluginError(
      `--plugin ${module}: ${file} can't be read (${reasonOf(error)}), wanted the path of an ES module or the name of an installed package`,
      { cause: error },
    );
  }
  try {
    const { default: register } = (await import(pathToFileURL(file).href)) as { default?: unknown };
    if (typeof register === 'function') await (register as (host: PluginHost) => unknown)(host);
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new PluginError(`--plugin ${module}: failed while it was loaded: ${reason}`, { cause: error });
  }
  const after = registered();
  const added = (names: keyof typeof after) => after[names].slice(before[names].length);
  const [methods, spaces, rules] = [added('methods'), added('spaces'), added('rules')];
  if (methods.length + spaces.length + rules.length === 0)
    throw new PluginError(
      `--plugin ${module}: registered nothing with this nastransfer, wanted a method, space or source rule; a module that ` +
        'imports another copy of the package registers there: export default ({ registerMethod, registerSpace, registerSourceRule }) => …',
    );
  return { module, digest: createHash('sha256').update(bytes).digest('hex').slice(0, 12), methods, spaces, rules };
}

function registered() {
  return { methods: [...METHOD_NAMES], spaces: [...SPACE_NAMES], rules: [...SOURCE_RULES] };
}
