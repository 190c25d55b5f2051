import { totalmem } from 'node:os';
import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { AdapterError } from '../../errors/errors.js';
import { type AdapterKind, summarizeAdapter } from '../adapter.js';
import { type Gpu, messageOf, openAdapter, requestAdapter } from '../gpu.js';
import { pacePolling } from './polling.js';
import { INSTALL_SWIFTSHADER, unpackSwiftShader } from './swiftshader.js';
import { driversNamedByUser, installedDrivers, loadVulkan, withDrivers } from './vulkan.js';

/** Options of `open` in Node. */
export interface NodeOptions {
  /**
   * `hardware`, `lavapipe`, `swiftshader`, or part of an adapter's name. Default: the environment variable NASTRANSFER_ADAPTER;
   * without it, the first available of hardware, lavapipe, SwiftShader.
   */
  adapter?: string;
}

type Dawn = typeof import('webgpu');

/** One attempt to open an adapter: the drivers to load, and the adapter to choose. */
interface Attempt {
  label: string;
  /** Manifests of the Vulkan drivers to load; undefined: all of the system's. Throws AdapterError when there are none. */
  drivers: () => string[] | undefined;
  wanted: { kinds: readonly AdapterKind[] } | { name: string };
}

const KINDS: readonly AdapterKind[] = ['hardware', 'lavapipe', 'swiftshader'];

/** Share of the machine's memory that a software driver may use; the rest is for the program itself. */
const MEMORY_SHARE = 0.75;

/**
 * Dawn's entry objects by their drivers and options. They are kept until the process ends, because Dawn (webgpu 0.6.2) crashes when
 * one is garbage collected while work on its devices is pending. They do not keep the process alive.
 */
const instances = new Map<string, GPU>();

// Drivers are chosen by environment variables, which belong to the whole process, so devices are opened one at a time.
let opening: Promise<unknown> = Promise.resolve();

/**
 * Opens a GPU in Node through Dawn (npm `webgpu`). Close it with `dispose()`.
 * @throws {AdapterError} when there is no usable adapter; the message says what was tried and what to install
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
    // Among all of the system's drivers Dawn prefers hardware.
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

/** Makes one attempt and adds the adapters that it found to `names`. Throws AdapterError when it fails. */
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
  // Kernels take microseconds; the default quantisation, meant against tracking on the web, rounds timestamps to 0.1 ms and more.
  return { backend, flags: [`backend=${backend}`, 'disable-dawn-features=timestamp_quantization'] };
}

/** Finds an adapter's full name by part of it and adds the names of all adapters to `names`. Throws AdapterError. */
async function findName(dawn: Dawn, flags: string[], part: string, names: Set<string>): Promise<string> {
  const found = await adapterNames(dawn, flags);
  for (const name of found) names.add(name);
  const match = found.find((name) => normalize(name).includes(normalize(part)));
  if (match === undefined) throw new AdapterError(`no adapter's name contains '${part}'`);
  return match;
}

/** Names of all adapters: Dawn lists them in the error for an adapter that does not exist. */
async function adapterNames(dawn: Dawn, flags: string[]): Promise<string[]> {
  try {
    await instance(dawn, [...flags, 'adapter=\u0001']).requestAdapter();
    return [];
  } catch (error) {
    return [...messageOf(error).matchAll(/name: '(.*)'/g)].map((match) => match[1]);
  }
}

/** A name as Dawn writes it in adapter infos, so that a name from a report can be used as a choice. */
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

/** Bytes of memory of the machine, or of the container where that is less. */
function memoryOfMachine(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

function advice(choice: string | undefined): string {
  const lines = [
    choice === undefined ? '' : `Omit the choice, or choose ${KINDS.join(', ')} or part of a name found above.`,
    process.platform === 'linux'
      ? "Install your GPU's Vulkan driver, or lavapipe: Mesa 24 or newer (apt-get install mesa-vulkan-drivers libvulkan1; on " +
        `Debian 12 run scripts/installLavapipe.sh), or the bundled SwiftShader (x86-64): ${INSTALL_SWIFTSHADER}.`
      : "Update your GPU's driver.",
    isMainThread ? '' : 'Start worker threads with env: SHARE_ENV, otherwise drivers cannot be chosen in them.',
  ];
  return lines.filter(Boolean).join('\n');
}

export type { AdapterKind, AdapterSummary } from '../adapter.js';
export { Gpu } from '../gpu.js';
