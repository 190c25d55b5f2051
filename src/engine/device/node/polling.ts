/**
 * Dawn's Node binding has no thread that waits for the device: while a promise is pending it polls in every iteration of the event
 * loop, by `setImmediate`, which occupies a CPU core. A software driver needs that core for the kernels. This module makes the
 * binding poll at intervals that grow with the wait.
 */

/** Up to this wait, in milliseconds, the binding polls in every iteration of the event loop. */
const BUSY_MILLISECONDS = 0.5;

/** A pause is this share of the time waited so far, which bounds the share by which a wait becomes longer. */
const PAUSE_SHARE = 1 / 32;

/** Longest pause, in milliseconds. */
const LONGEST_PAUSE = 4;

/** Timers have a resolution of 1 ms: for shorter pauses the thread sleeps, which delays other events by as much. */
const SHORTEST_TIMER = 2;

/** Methods that return promises for which the binding polls. */
const ASYNCHRONOUS = {
  GPU: ['requestAdapter'],
  GPUAdapter: ['requestDevice'],
  GPUBuffer: ['mapAsync'],
  GPUDevice: ['createComputePipelineAsync', 'createRenderPipelineAsync', 'popErrorScope'],
  GPUQueue: ['onSubmittedWorkDone'],
  GPUShaderModule: ['getCompilationInfo'],
} as const;

type Method = (this: object, ...values: unknown[]) => unknown;
type Class = { readonly prototype: Record<string, Method> };

/** The pause before the next poll. @param waited milliseconds waited so far @returns milliseconds */
export function pauseAfter(waited: number): number {
  return waited < BUSY_MILLISECONDS ? 0 : Math.min(LONGEST_PAUSE, waited * PAUSE_SHARE);
}

const paced = Symbol.for('nastransfer.pacedPolling');
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Start of the current wait: the last call of an asynchronous method, or the last settlement of its promise. */
let since = 0;

/**
 * Makes the classes of npm `webgpu` poll at growing intervals. A second call does nothing. `setImmediate` is replaced only while
 * the binding's own code runs, so other code is not affected.
 * @param globals the classes by name, as the package exports them
 */
export function pacePolling(globals: Readonly<Record<string, unknown>>): void {
  for (const [name, methods] of Object.entries(ASYNCHRONOUS)) {
    const prototype = (globals[name] as Class | undefined)?.prototype;
    if (!prototype || Object.hasOwn(prototype, paced)) continue;
    Object.defineProperty(prototype, paced, { value: true });
    for (const method of methods) {
      const original = prototype[method];
      if (original) prototype[method] = withPacing(original);
    }
  }
}

function withPacing(original: Method): Method {
  return function (...values) {
    since = performance.now();
    const result = withReplacedImmediate(() => original.apply(this, values));
    if (result instanceof Promise) result.then(restart, restart);
    return result;
  };
}

function restart(): void {
  since = performance.now();
}

/** Runs code of the binding with `setImmediate` replaced, so that its next poll is scheduled here. */
function withReplacedImmediate<T>(run: () => T): T {
  const immediate = globalThis.setImmediate;
  const replacement = (callback: (...values: unknown[]) => void, ...values: unknown[]) =>
    // Error listeners run inside the binding's code too: callbacks that they schedule are not native and are not paced.
    isNative(callback) ? schedulePoll(callback as () => void, immediate) : immediate(callback, ...values);
  globalThis.setImmediate = replacement as typeof globalThis.setImmediate;
  try {
    return run();
  } finally {
    globalThis.setImmediate = immediate;
  }
}

function isNative(callback: unknown): boolean {
  return Function.prototype.toString.call(callback).endsWith('{ [native code] }');
}

/** Polls after a pause. */
function schedulePoll(poll: () => void, immediate: typeof setImmediate): void {
  const pause = pauseAfter(performance.now() - since);
  if (pause >= SHORTEST_TIMER) {
    setTimeout(() => withReplacedImmediate(poll), pause);
    return;
  }
  immediate(() => {
    if (pause > 0) Atomics.wait(sleeper, 0, 0, pause);
    withReplacedImmediate(poll);
  });
}
