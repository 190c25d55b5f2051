import { totalmem } from 'node:os';
import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { AdapterError } from '../../errors/errors.js';
import { type AdapterKind, summarizeAdapter } from '../adapter.js';
import { type Gpu, messageOf, openAdapter, requestAdapter } from '../gpu.js';
import { pacePolling } from './polling.js';
import { INSTALL_SWIFTSHADER, unpackSwiftShader } from './swiftshader.js';
import { driversNamedByUser, installedDrivers, loadVulkan, withDrivers } from './vulkan.js';

export interface NodeOptions {
  /**
   * `hardware`, `lavapipe`, `swiftshader`, or a part of an adapter's name; else what the environment variable
   * NASTRANSFER_ADAPTER says; else the first of hardware, lavapipe, SwiftShader that there is.
   */
  adapter?: string;
}

type Dawn = typeof import('webgpu');

/** Where to look for an adapter, and which one to take there. */
interface Attempt {
  label: string;
  /** Manifests of the Vulkan drivers to look at, undefined for all of the system's. Throws where there are none. */
  drivers: () => string[] | undefined;
  wanted: { kinds: readonly AdapterKind[] } | { name: string };
}

const KINDS: readonly AdapterKind[] = ['hardware', 'lavapipe', 'swiftshader'];

/** A share of the machine's memory that a driver running on the CPU may use: the rest is for the program itself. */
const MEMORY_SHARE = 0.75;

/**
 * Dawn's entry objects by the drivers and options they were made with. They stay until the process ends, which they do
 * not hold up: Dawn (webgpu 0.6.2) crashes when one is garbage collected while something of its devices is pending.
 */
const instances = new Map<string, GPU>();

// Which drivers there are is told by environment variables, which belong to the whole process: one opening at a time.
let opening: Promise<unknown> = Promise.resolve();

/**
 * Opens a GPU in Node through Dawn (npm `webgpu`). Throws AdapterError, which says what was tried and what to install.
 * Close it with `dispose()`.
 */
export async function open({ adapter }: NodeOptions = {}): Promise<Gpu> {
  const choice = adapter || process.env.NASTRANSFER_ADAPTER || undefined;
  const opened = opening.then(() => openFirst(choice));
  opening = opened.catch(() => {});
  return opened;
}

async function openFirst(choice: string | undefined): Promise<Gpu> {
  const dawn = await loadDawn();
  const tried: string[] = [];
  const names = new Set<string>();
  for (const attempt of attemptsFor(choice)) {
    try {
      return await tryToOpen(dawn, attempt, names);
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      const line = `${attempt.label}: ${error.message}`;
      if (!tried.includes(line)) tried.push(line);
    }
  }
  const subject = choice === undefined ? 'no usable adapter' : `no usable adapter for '${choice}'`;
  const there = names.size === 0 ? 'none' : [...names].map((name) => `'${name}'`).join(', ');
  throw new AdapterError(
    [`open: ${subject}. Adapters found: ${there}. Tried:`, ...tried.map((line) => `  ${line}`), advice(choice)].join(
      '\n',
    ),
  );
}

function attemptsFor(choice: string | undefined): Attempt[] {
  const onSystem = (...kinds: AdapterKind[]): Attempt => ({
    label: kinds.join(' or '),
    drivers: systemDrivers,
    wanted: { kinds },
  });
  const lavapipe: Attempt = { label: 'lavapipe', drivers: lavapipeDrivers, wanted: { kinds: ['lavapipe'] } };
  const swiftShader: Attempt = {
    label: 'swiftshader',
    drivers: swiftShaderDrivers,
    wanted: { kinds: ['swiftshader'] },
  };
  switch (choice) {
    // Of all the system's drivers Dawn offers hardware first.
    case undefined:
      return [onSystem('hardware', 'lavapipe'), lavapipe, swiftShader, onSystem('other-software')];
    case 'hardware':
      return [onSystem('hardware')];
    case 'lavapipe':
      return [lavapipe, onSystem('lavapipe')];
    case 'swiftshader':
      return [swiftShader];
    default:
      return [
        { label: 'installed drivers', drivers: systemDrivers, wanted: { name: choice } },
        { label: 'bundled SwiftShader', drivers: swiftShaderDrivers, wanted: { name: choice } },
      ];
  }
}

/** Opens what the attempt wants or throws AdapterError; adds the adapters it saw to `names`. */
async function tryToOpen(dawn: Dawn, { drivers, wanted }: Attempt, names: Set<string>): Promise<Gpu> {
  const manifests = drivers();
  if (process.platform === 'linux') {
    const problem = loadVulkan(() => unpackSwiftShader().loader);
    if (problem !== undefined) throw new AdapterError(problem);
  }
  return withDrivers(manifests, async () => {
    const { backend, flags } = dawnOptions();
    if ('name' in wanted) flags.push(`adapter=${await findName(dawn, flags, wanted.name, names)}`);
    const adapter = await requestAdapter(instance(dawn, flags));
    const { kind, name } = summarizeAdapter(adapter.info);
    names.add(name);
    if ('kinds' in wanted && !wanted.kinds.includes(kind)) {
      throw new AdapterError(`there is only '${name}', which is ${kind}`);
    }
    const memoryLimit = kind === 'hardware' ? undefined : Math.floor(memoryOfMachine() * MEMORY_SHARE);
    return openAdapter(adapter, { backend, memoryLimit });
  });
}

function instance(dawn: Dawn, flags: string[]): GPU {
  const key = JSON.stringify([process.env.VK_DRIVER_FILES, process.env.VK_ICD_FILENAMES, ...flags]);
  let gpu = instances.get(key);
  if (gpu === undefined) instances.set(key, (gpu = dawn.create(flags)));
  return gpu;
}

function dawnOptions(): { backend: string; flags: string[] } {
  const backend = { darwin: 'metal', win32: 'd3d12' }[process.platform as string] ?? 'vulkan';
  // Kernels take microseconds; the toggle rounds their times to 0.1 ms and more, against tracking on the web.
  return { backend, flags: [`backend=${backend}`, 'disable-dawn-features=timestamp_quantization'] };
}

/** The whole name of an adapter from a part of it, adding all there are to `names`. Throws AdapterError. */
async function findName(dawn: Dawn, flags: string[], part: string, names: Set<string>): Promise<string> {
  const found = await adapterNames(dawn, flags);
  for (const name of found) names.add(name);
  const match = found.find((name) => normalize(name).includes(normalize(part)));
  if (match === undefined) throw new AdapterError(`no adapter's name has '${part}' in it`);
  return match;
}

/** Names of the adapters there are: Dawn tells them when asked for one that does not exist. */
async function adapterNames(dawn: Dawn, flags: string[]): Promise<string[]> {
  try {
    await instance(dawn, [...flags, 'adapter=\u0001']).requestAdapter();
    return [];
  } catch (error) {
    return [...messageOf(error).matchAll(/name: '(.*)'/g)].map((match) => match[1]);
  }
}

/** As Dawn writes names in adapter infos, so that what a report shows can be given back. */
function normalize(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

async function loadDawn(): Promise<Dawn> {
  try {
    const dawn = await import('webgpu');
    pacePolling(dawn.globals as Record<string, unknown>);
    return dawn;
  } catch (cause) {
    throw new AdapterError(
      `open: npm package webgpu can't be loaded on ${process.arch} ${process.platform}: ${messageOf(cause)}. ` +
        'It has binaries for glibc Linux, macOS and Windows, on x86-64 and ARM64; run npm ci if it is not installed',
      { cause },
    );
  }
}

function systemDrivers(): undefined {
  if (process.platform !== 'linux' || driversNamedByUser() || installedDrivers().length > 0) return undefined;
  throw new AdapterError('no Vulkan driver is installed');
}

function lavapipeDrivers(): string[] {
  const manifests = installedDrivers().filter((file) => basename(file).startsWith('lvp_icd'));
  if (manifests.length === 0) throw new AdapterError('lavapipe is not installed');
  return manifests;
}

function swiftShaderDrivers(): string[] {
  return [unpackSwiftShader().manifest];
}

/** Bytes of memory: the machine's, or the container's where that is less. */
function memoryOfMachine(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

function advice(choice: string | undefined): string {
  const lines = [
    choice === undefined ? '' : `Leave the choice open, or choose ${KINDS.join(', ')} or a part of a name found above.`,
    process.platform === 'linux'
      ? "Install your GPU's Vulkan driver, or lavapipe: Mesa 24 or newer (apt-get install mesa-vulkan-drivers libvulkan1; on " +
        `Debian 12 run scripts/installLavapipe.sh), or the bundled SwiftShader (x86-64): ${INSTALL_SWIFTSHADER}.`
      : "Update your GPU's driver.",
    isMainThread ? '' : 'Start worker threads with env: SHARE_ENV, or the drivers can not be chosen from within.',
  ];
  return lines.filter(Boolean).join('\n');
}

export type { AdapterKind, AdapterSummary } from '../adapter.js';
export { Gpu } from '../gpu.js';
