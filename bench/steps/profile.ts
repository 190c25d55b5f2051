// Time of every kernel of a workload, longest first, from timestamps on the device.
// npx tsx bench/steps/profile.ts [--only part-of-a-name] [--repeats 3] [--by label|dispatch]
import { parseArgs } from 'node:util';
import { open } from '../../src/engine/device/node/index.js';
import { Engine } from '../../src/engine/runtime/engine.js';
import type { KernelTime } from '../../src/engine/runtime/profile.js';
import { median } from './contender.js';
import { prepare } from './ours.js';
import { workloads } from './workloads.js';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: 'supernet' },
    repeats: { type: 'string', default: '3' },
    by: { type: 'string', default: 'label' },
  },
});

const gpu = await open();
const engine = new Engine(gpu);
console.log(gpu.info.name, gpu.info.driver);
try {
  for (const workload of workloads.filter(({ name }) => name.includes(options.only))) {
    const { program, feeds, dispose } = await prepare(engine, workload);
    program.run(feeds(0));
    await gpu.idle();
    const runs: KernelTime[][] = [];
    for (let run = 1; run <= Number(options.repeats); run++) runs.push(await program.profile(feeds(run)));
    const whole = performance.now();
    program.run(feeds(runs.length + 1));
    await gpu.idle();
    printProfile(workload.name, runs, performance.now() - whole);
    dispose();
  }
} finally {
  engine.dispose();
  gpu.dispose();
}

/** Every dispatch counts with its median over the runs. */
function printProfile(name: string, runs: readonly KernelTime[][], wholeMilliseconds: number): void {
  const rows = new Map<string, { nanoseconds: number; dispatches: number; multiplyAdds: number; bytes: number }>();
  runs[0].forEach(({ label, multiplyAdds, bytes }, index) => {
    const key = options.by === 'dispatch' ? `${String(index).padStart(4)} ${label}` : label;
    const row = rows.get(key) ?? { nanoseconds: 0, dispatches: 0, multiplyAdds: 0, bytes: 0 };
    row.nanoseconds += median(runs.map((run) => run[index].nanoseconds));
    row.dispatches++;
    row.multiplyAdds += multiplyAdds;
    row.bytes += bytes;
    rows.set(key, row);
  });
  const total = [...rows.values()].reduce((sum, { nanoseconds }) => sum + nanoseconds, 0);
  console.log(
    `\n${name}: ${runs[0].length} dispatches, ${(total / 1e6).toFixed(1)} ms in kernels, ${wholeMilliseconds.toFixed(1)} ms in one run`,
  );
  console.log('      ms      %  count  GFLOP/s   GB/s  kernel');
  for (const [label, row] of [...rows].sort(([, a], [, b]) => b.nanoseconds - a.nanoseconds)) {
    const { nanoseconds, dispatches, multiplyAdds, bytes } = row;
    console.log(
      [
        (nanoseconds / 1e6).toFixed(2).padStart(8),
        ((100 * nanoseconds) / total).toFixed(1).padStart(6),
        String(dispatches).padStart(6),
        ((2 * multiplyAdds) / nanoseconds).toFixed(2).padStart(8),
        (bytes / nanoseconds).toFixed(2).padStart(6),
        ` ${label}`,
      ].join(' '),
    );
  }
}
