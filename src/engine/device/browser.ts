/**
 * Opening a device in a browser. The rest is in `nastransfer`.
 * @module nastransfer/browser
 */

import { AdapterError } from '../errors/errors.js';
import { type Gpu, openGpu } from './gpu.js';

/** Options of `open` in a browser. */
export interface BrowserOptions {
  /** Which GPU to use where there are several; default: 'high-performance'. */
  powerPreference?: GPUPowerPreference;
}

/**
 * Opens the browser's GPU. Close it with `dispose()`.
 * @throws {AdapterError} when the browser has no usable WebGPU; the message says what to do
 */
export async function open(options: BrowserOptions = {}): Promise<Gpu> {
  const gpu = typeof navigator === 'undefined' ? undefined : navigator.gpu;
  if (gpu === undefined) {
    throw new AdapterError(
      'open: this browser offers no WebGPU (navigator.gpu is missing). Use a current Chrome, Edge, Firefox or Safari, ' +
        'and serve the page over https or from localhost: WebGPU is only there in a secure context',
    );
  }
  try {
    return await openGpu(gpu, options);
  } catch (cause) {
    if (!(cause instanceof AdapterError)) throw cause;
    throw new AdapterError(
      `${cause.message}. See what the browser reports about WebGPU (chrome://gpu, about:support) and whether hardware ` +
        'acceleration is on in its settings',
      { cause },
    );
  }
}

export type { AdapterKind, AdapterSummary } from './adapter.js';
export { Gpu } from './gpu.js';
