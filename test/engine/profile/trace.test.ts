import { PerformanceObserver } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../src/engine/graph/timeline.js';
import type { Profile } from '../../../src/engine/profile/profile.js';
import { chromeTrace, measureKernels } from '../../../src/engine/profile/trace.js';

const profile: Profile = {
  clock: 'timestamps',
  startMilliseconds: 110,
  kernels: [0, 1].map((index) => ({
    label: `relu: elementwise/relu ${index}`,
    operation: 'relu',
    kernel: 'elementwise/relu',
    grid: [4, 2, 1] as const,
    startNanoseconds: 5000 * index,
    nanoseconds: 4000,
    multiplyAdds: 0,
    bytes: 1024,
  })),
};
const phases = [
  { name: 'trace', startMilliseconds: 100, milliseconds: 6 },
  { name: 'differentiate', startMilliseconds: 102, milliseconds: 3 },
];

describe('a trace', () => {
  // Trace Event Format, "Complete Events" and "Metadata Events".
  it('consists of events with the fields that the format requires, after JSON', () => {
    const { traceEvents } = JSON.parse(JSON.stringify(chromeTrace({ phases, profile })));
    expect(traceEvents).toHaveLength(3 + phases.length + profile.kernels.length);
    for (const event of traceEvents) {
      expect(event.name).toEqual(expect.any(String));
      expect(['X', 'M']).toContain(event.ph);
      expect(Number.isInteger(event.pid) && Number.isInteger(event.tid)).toBe(true);
      if (event.ph === 'M') expect(event.args.name).toEqual(expect.any(String));
      else for (const time of [event.ts, event.dur]) expect(Number.isFinite(time) && time >= 0).toBe(true);
    }
  });

  it('has the host on one track and kernels on another, in microseconds from the first event on', () => {
    const { traceEvents } = chromeTrace({ phases, profile });
    const tracks = traceEvents.flatMap((e) => (e.name === 'thread_name' ? [[e.tid, e.args?.name]] : []));
    expect(tracks).toEqual([
      [1, 'host'],
      [2, 'device, by timestamps'],
    ]);
    const events = traceEvents.flatMap((e) => (e.ph === 'X' ? [[e.name, e.tid, e.ts, e.dur]] : []));
    expect(events).toEqual([
      ['trace', 1, 0, 6000],
      ['differentiate', 1, 2000, 3000],
      ['relu: elementwise/relu 0', 2, 10000, 4],
      ['relu: elementwise/relu 1', 2, 10005, 4],
    ]);
  });

  it('has the grid, the bytes and the multiply-adds of a kernel, and metadata', () => {
    const { traceEvents, otherData } = chromeTrace({ phases: [], profile }, { adapter: 'a device' });
    expect(traceEvents.at(-1)).toMatchObject({ args: { grid: '4 x 2 x 1', bytes: 1024, multiplyAdds: 0 } });
    expect(otherData).toEqual({ adapter: 'a device' });
  });
});

describe('entries of performance.measure', () => {
  it('are made for kernels, and for phases with the option', async () => {
    const seen: { name: string; startTime: number; duration: number }[] = [];
    const observer = new PerformanceObserver((list) => seen.push(...list.getEntries()));
    observer.observe({ entryTypes: ['measure'] });
    measureKernels(profile);
    new Timeline({ userTiming: true }).add(phases[0]);
    new Timeline().add(phases[1]);
    await expect.poll(() => seen.length).toBeGreaterThanOrEqual(3);
    observer.disconnect();
    performance.clearMeasures();
    // Observers receive entries in order of time.
    expect(seen.map(({ name, startTime }) => [name, startTime])).toEqual([
      ['trace', 100],
      ['relu: elementwise/relu 0', 110],
      ['relu: elementwise/relu 1', 110.005],
    ]);
  });
});
