import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../gpu.js';

/** Environment variables that name the Vulkan loader's drivers; the second is the older name of the first. */
const DRIVER_VARIABLES = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'] as const;

/** RTLD_NODELETE of dlopen on Linux, which Node does not name: the library is never unloaded. */
const RTLD_NODELETE = 0x1000;

let loaded = false;

/**
 * Makes sure that Dawn finds the Vulkan loader. Dawn loads libvulkan.so.1 by name, and the dynamic linker returns a library of that
 * name that the process has already loaded. So where the system has none, the bundled one is loaded first.
 * @param bundled path of the bundled loader
 * @returns what went wrong, or undefined
 */
export function loadVulkan(bundled: () => string): string | undefined {
  if (loaded) return undefined;
  let problem = loadLibrary('libvulkan.so.1');
  if (problem !== undefined) {
    try {
      problem = loadLibrary(bundled());
    } catch (error) {
      problem = `no Vulkan loader (libvulkan.so.1) on the system, and ${messageOf(error)}`;
    }
  }
  loaded = problem === undefined;
  return problem;
}

function loadLibrary(path: string): string | undefined {
  try {
    process.dlopen({ exports: {} }, path, 2 /* RTLD_NOW */ | RTLD_NODELETE);
    return undefined;
  } catch (error) {
    // The library is no Node module, so Node always throws; by then it is loaded, and RTLD_NODELETE keeps it so.
    const message = messageOf(error);
    return message.includes('did not self-register') ? undefined : message;
  }
}

/** Manifests of the installed Vulkan drivers, from the folders that the Vulkan loader searches. */
export function installedDrivers(): string[] {
  const { HOME = homedir(), XDG_CONFIG_HOME, XDG_CONFIG_DIRS, XDG_DATA_HOME, XDG_DATA_DIRS } = process.env;
  const roots = [
    XDG_CONFIG_HOME || join(HOME, '.config'),
    ...(XDG_CONFIG_DIRS || '/etc/xdg').split(':'),
    '/usr/local/etc',
    '/etc',
    XDG_DATA_HOME || join(HOME, '.local', 'share'),
    ...(XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':'),
  ];
  return [...new Set(roots)].flatMap((root) => manifestsIn(join(root, 'vulkan', 'icd.d')));
}

function manifestsIn(folder: string): string[] {
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    return files.map((file) => join(folder, file));
  } catch {
    return [];
  }
}

/** Whether the environment names the Vulkan drivers to use. */
export function driversNamedByUser(): boolean {
  return [...DRIVER_VARIABLES, 'VK_ADD_DRIVER_FILES'].some((name) => process.env[name]);
}

/** Runs `action` while the Vulkan loader sees only these drivers. @param manifests undefined: the environment is not changed */
export async function withDrivers<T>(manifests: string[] | undefined, action: () => Promise<T>): Promise<T> {
  if (manifests === undefined) return action();
  const before = DRIVER_VARIABLES.map((name) => [name, process.env[name]] as const);
  for (const name of DRIVER_VARIABLES) process.env[name] = manifests.join(':');
  try {
    return await action();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
