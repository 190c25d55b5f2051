import { Bench } from 'tinybench';
import type { Engine } from '../../src/engine/runtime/engine.js';
import type { Prepared } from './prepared.js';

/** Minimum milliseconds of a sample: short programs run several times per sample, so that the wait for the device weighs little. */
const SAMPLE = 10;
/** Minimum milliseconds spent on a program. */
const BUDGET = 300;

/**
 * Milliseconds per run of a program, one number per sample, at least `repeats` samples. Runs of a sample are submitted without
 * waiting; the sample ends when the device is idle. Warm-up runs, which are not counted, determine the number of runs per sample.
 */
export async function timeRuns(engine: Engine, prepared: Prepared, repeats: number): Promise<number[]> {
  const { program, feeds } = prepared;
  let count = 0;
  const sample = async (runs: number) => {
    const start = performance.now();
    for (let run = 0; run < runs; run++) program.run(feeds(count++));
    await engine.gpu.idle();
    return performance.now() - start;
  };
  await sample(1);
  let runs = 1;
  for (let elapsed = await sample(1); elapsed < SAMPLE; elapsed = await sample(runs))
    runs = Math.ceil(runs * Math.min(10, (1.2 * SAMPLE) / elapsed));
  const bench = new Bench({ iterations: repeats, time: BUDGET, warmup: false, retainSamples: true, throws: true });
  bench.add('runs', async () => {
    const elapsed = await sample(runs);
    return { overriddenDuration: elapsed / runs, overriddenIterationCost: elapsed };
  });
  const [task] = await bench.run();
  const { result } = task;
  if (!('latency' in result) || !result.latency.samples) throw new Error(`timing: ended as ${result.state}`);
  return [...result.latency.samples];
}

/** Nanoseconds on the device of each operation of a program (all its dispatches), in several runs; undefined without timestamps. */
export async function timeOperations(
  engine: Engine,
  { program, feeds }: Prepared,
  repeats: number,
): Promise<{ operation: string; nanoseconds: number[]; multiplyAdds: number; bytes: number }[] | undefined> {
  if (!engine.gpu.timestamps) return undefined;
  const operations = new Map<
    string,
    { operation: string; nanoseconds: number[]; multiplyAdds: number; bytes: number }
  >();
  for (let run = 0; run < repeats; run++)
    for (const { label, nanoseconds, multiplyAdds, bytes } of (await program.profile(feeds(run))).kernels) {
      const operation = label.split(':')[0];
      let total = operations.get(operation);
      if (!total) operations.set(operation, (total = { operation, nanoseconds: [], multiplyAdds: 0, bytes: 0 }));
      total.nanoseconds[run] = (total.nanoseconds[run] ?? 0) + nanoseconds;
      if (run > 0) continue;
      total.multiplyAdds += multiplyAdds;
      total.bytes += bytes;
    }
  return [...operations.values()];
}
