import type { Phase } from '../graph/timeline.js';
import type { Profile } from './profile.js';

/** A complete event (X) of the Trace Event Format (Google, "Trace Event Format", 2016). Times are in microseconds. */
export interface CompleteEvent {
  readonly name: string;
  readonly cat: string;
  readonly ph: 'X';
  readonly ts: number;
  readonly dur: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A metadata event (M) of the Trace Event Format. */
export interface MetadataEvent {
  readonly name: 'process_name' | 'thread_name' | 'thread_sort_index';
  readonly ph: 'M';
  readonly pid: number;
  readonly tid: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** An event of the Trace Event Format. */
export type TraceEvent = CompleteEvent | MetadataEvent;

/** The JSON object form of the format, which Perfetto and chrome://tracing open. */
export interface Trace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms' | 'ns';
  readonly otherData: Readonly<Record<string, string>>;
}

const PROCESS = 1;
const HOST = 1;
const DEVICE = 2;

/**
 * Makes a trace with the phases of the host on one track and the kernels on another. Host and device have different clocks: the
 * first kernel is placed at the time at which the host submitted it.
 * @param about metadata of the trace, such as the names of program and device
 */
export function chromeTrace(
  { phases, profile }: { readonly phases: readonly Phase[]; readonly profile?: Profile },
  about: Readonly<Record<string, string>> = {},
): Trace {
  const starts = phases.map(({ startMilliseconds }) => startMilliseconds);
  if (profile) starts.push(profile.startMilliseconds);
  const origin = starts.length > 0 ? Math.min(...starts) : 0;
  const host = phases.map(
    ({ name, startMilliseconds, milliseconds }): CompleteEvent => ({
      name,
      cat: 'host',
      ph: 'X',
      ts: (startMilliseconds - origin) * 1000,
      dur: milliseconds * 1000,
      pid: PROCESS,
      tid: HOST,
    }),
  );
  const deviceStart = ((profile?.startMilliseconds ?? 0) - origin) * 1000;
  const device = (profile?.kernels ?? []).map(
    ({ label, startNanoseconds, nanoseconds, grid, multiplyAdds, bytes }): CompleteEvent => ({
      name: label,
      cat: 'device',
      ph: 'X',
      ts: deviceStart + startNanoseconds / 1000,
      dur: nanoseconds / 1000,
      pid: PROCESS,
      tid: DEVICE,
      args: { grid: grid.join(' x '), bytes, multiplyAdds },
    }),
  );
  const named = (name: 'process_name' | 'thread_name', tid: number, text: string): TraceEvent => ({
    name,
    ph: 'M',
    pid: PROCESS,
    tid,
    args: { name: text },
  });
  return {
    traceEvents: [
      named('process_name', HOST, 'nastransfer'),
      named('thread_name', HOST, 'host'),
      named('thread_name', DEVICE, profile ? `device, by ${profile.clock}` : 'device'),
      ...[...host, ...device].sort((a, b) => a.ts - b.ts),
    ],
    displayTimeUnit: 'ms',
    otherData: about,
  };
}

/** Records the kernels of a profile by `performance.measure`; browsers show them on a separate track. */
export function measureKernels({ kernels, startMilliseconds }: Profile): void {
  for (const { label, startNanoseconds, nanoseconds, grid, bytes, multiplyAdds } of kernels)
    performance.measure(label, {
      start: startMilliseconds + startNanoseconds / 1e6,
      duration: nanoseconds / 1e6,
      detail: {
        grid,
        bytes,
        multiplyAdds,
        // Makes a track in Chrome's performance panel (Chrome DevTools, "Customize your performance data").
        devtools: { dataType: 'track-entry', track: 'device', trackGroup: 'nastransfer' },
      },
    });
}
