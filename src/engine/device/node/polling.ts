/**
 * Dawn's Node binding has no thread that waits for the device. While a promise is pending it asks again in every turn of
 * the event loop, by `setImmediate`, which takes a whole core. On a software driver that core is missing where the
 * kernels run. Here the same questions are asked less often the longer the answer takes.
 */

/** Waits shorter than this, in milliseconds, are polled as Dawn does: in every turn of the event loop. */
const BUSY_MILLISECONDS = 0.5;

/** The pause before a question is this share of the time waited so far, which bounds what a wait is lengthened by. */
const PAUSE_SHARE = 1 / 32;

/** Longest pause, in milliseconds. */
const LONGEST_PAUSE = 4;

/** Timers have steps of a millisecond: shorter pauses put the thread to sleep instead, which delays events by as much. */
const SHORTEST_TIMER = 2;

/** What gives promises that the binding polls for. */
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

/** Milliseconds to pause before the next question, of the milliseconds waited so far. */
export function pauseAfter(waited: number): number {
  return waited < BUSY_MILLISECONDS ? 0 : Math.min(LONGEST_PAUSE, waited * PAUSE_SHARE);
}

const paced = Symbol.for('nastransfer.pacedPolling');
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** When the running wait began: at the last call that gives a promise, or when the last of them was settled. */
let since = 0;

/**
 * Makes the classes of npm `webgpu` poll at growing intervals. A second call does nothing. Only while the binding's own
 * code runs is `setImmediate` replaced, so that nobody else sees it.
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

/** Runs code of the binding so that it schedules its next question here. */
function withReplacedImmediate<T>(run: () => T): T {
  const immediate = globalThis.setImmediate;
  const replacement = (callback: (...values: unknown[]) => void, ...values: unknown[]) =>
    // Listeners of errors run inside the binding's code too: what they schedule goes its usual way.
    isNative(callback) ? ask(callback as () => void, immediate) : immediate(callback, ...values);
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

/** Asks by `poll` when it is time. */
function ask(poll: () => void, immediate: typeof setImmediate): void {
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
