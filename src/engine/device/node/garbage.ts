import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collector: (() => void) | undefined;

/** V8's own full collection. Undefined where the flag that shows it is refused. */
export function garbageCollector(): (() => void) | undefined {
  if (collector) return collector;
  try {
    setFlagsFromString('--expose-gc');
    const gc: unknown = runInNewContext('globalThis.gc');
    if (typeof gc === 'function') collector = () => gc();
  } catch {
    return undefined;
  }
  return collector;
}
