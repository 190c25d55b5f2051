import { basename } from 'node:path';
import { create, globals } from 'webgpu';
import type { AdapterKind } from '../../src/engine/device/adapter.js';
import { summarizeAdapter } from '../../src/engine/device/adapter.js';
import { pacePolling } from '../../src/engine/device/node/polling.js';
import { unpackSwiftShader } from '../../src/engine/device/node/swiftshader.js';
import { installedDrivers, loadVulkan } from '../../src/engine/device/node/vulkan.js';

/** Dawn crashes when its entry object is garbage collected while a device exists, so it is kept until the process ends. */
let held: GPU;

/** Defines the global `navigator.gpu` for frameworks made for browsers; it offers the adapter of this name. */
export async function provideWebGpu({ kind, name }: { kind: AdapterKind; name: string }): Promise<void> {
  const drivers = driversOf(kind);
  if (drivers)
    for (const variable of ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES']) process.env[variable] = drivers.join(':');
  if (process.platform === 'linux') loadVulkan(() => unpackSwiftShader().loader);
  // The engine polls with pauses, so the peers do too.
  pacePolling(globals as Record<string, unknown>);
  Object.assign(globalThis, globals);
  held = create([]);
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu: held, userAgent: 'node', hardwareConcurrency: 1 },
    configurable: true,
    writable: true,
  });
  const adapter = await held.requestAdapter({ powerPreference: 'high-performance' });
  const found = adapter && summarizeAdapter(adapter.info).name;
  if (found !== name) throw new Error(`peers: found adapter ${found ?? 'none'}, wanted ${name}`);
}

function driversOf(kind: AdapterKind): string[] | undefined {
  if (kind === 'swiftshader') return [unpackSwiftShader().manifest];
  if (kind === 'lavapipe') return installedDrivers().filter((file) => basename(file).startsWith('lvp_icd'));
  return undefined;
}
