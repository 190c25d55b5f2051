// Times the convolution and matrix-product kernels, forward and both gradients, dispatch by dispatch with timestamps.
// npx tsx bench/kernels/convolution.ts [--json] [--only part-of-a-name] [--repeats 7]
import { parseArgs } from 'node:util';
import { open } from '../../src/engine/device/node/index.js';
import { gradients } from '../../src/engine/graph/autodiff.js';
import type { Graph, Value } from '../../src/engine/graph/graph.js';
import { type Initializer, VariableSet } from '../../src/engine/graph/variables.js';
import { conv2d } from '../../src/engine/ops/conv2d.js';
import { matmul } from '../../src/engine/ops/matmul.js';
import { multiply } from '../../src/engine/ops/multiply.js';
import { sum } from '../../src/engine/ops/reduce.js';
import { Engine } from '../../src/engine/runtime/engine.js';
import { convolutionOptions, convolutions, keep, products, weightShape } from './workloads.js';

/** Times of one operation: all of its dispatches together. */
interface Timing {
  readonly workload: string;
  readonly operation: string;
  readonly multiplyAdds: number;
  readonly dispatches: number;
  readonly medianMilliseconds: number;
  readonly minimumMilliseconds: number;
  /** 2 * multiply-adds over the median and the minimum. */
  readonly medianGflops: number;
  readonly bestGflops: number;
}

const { values: options } = parseArgs({
  options: { json: { type: 'boolean' }, only: { type: 'string' }, repeats: { type: 'string', default: '7' } },
});
const repeats = Number(options.repeats);
const noise: Initializer = (type, random) =>
  Float32Array.from({ length: type.shape.reduce((a, b) => a * b, 1) }, () => 2 * random.uniform() - 1);

interface Problem {
  readonly name: string;
  readonly x: readonly number[];
  readonly w: { readonly shape: readonly number[]; readonly layout: 'rows' | 'matrix' };
  apply(x: Value, w: Value): Value;
}

const problems: Problem[] = [
  ...convolutions.map((workload) => ({
    name: workload.name,
    x: [workload.images, workload.size, workload.size, workload.channels],
    w: weightShape(workload),
    apply: (x: Value, w: Value) => conv2d(x, w, convolutionOptions(workload)),
  })),
  ...products.map(({ name, rows, inner, columns }) => ({
    name,
    x: [rows, inner],
    w: { shape: [inner, columns], layout: 'matrix' as const },
    apply: matmul,
  })),
].filter(({ name }) => !options.only || name.includes(options.only));

async function time(engine: Engine, problem: Problem): Promise<Timing[]> {
  const set = new VariableSet(problem.name);
  const x = set.add('x', problem.x, noise);
  const w = set.add('w', problem.w.shape, noise, { layout: problem.w.layout });
  engine.allocate(set, 1);
  const program = await engine.compile((g: Graph) => {
    const y = problem.apply(g.read(x), g.read(w));
    const [dx, dw] = gradients(sum(multiply(y, y)), [g.read(x), g.read(w)]);
    keep(g, { y, dx, dw });
  });
  const runs: Map<string, { nanoseconds: number; multiplyAdds: number; dispatches: number }>[] = [];
  for (let run = 0; run <= repeats; run++) {
    const totals: (typeof runs)[number] = new Map();
    for (const { label, nanoseconds, multiplyAdds } of await program.profile()) {
      const operation = label.split(':')[0];
      const total = totals.get(operation) ?? { nanoseconds: 0, multiplyAdds: 0, dispatches: 0 };
      total.nanoseconds += nanoseconds;
      total.multiplyAdds += multiplyAdds;
      total.dispatches++;
      totals.set(operation, total);
    }
    if (run > 0) runs.push(totals); // the first one compiles
  }
  program.dispose();
  engine.release(set);
  return [...runs[0]]
    .filter(([, { multiplyAdds }]) => multiplyAdds > 0)
    .map(([operation, { multiplyAdds, dispatches }]) => {
      const times = runs.map((run) => run.get(operation)?.nanoseconds ?? 0).sort((a, b) => a - b);
      const median = times[Math.floor(times.length / 2)];
      return {
        workload: problem.name,
        operation,
        multiplyAdds,
        dispatches,
        medianMilliseconds: median / 1e6,
        minimumMilliseconds: times[0] / 1e6,
        medianGflops: (2 * multiplyAdds) / median,
        bestGflops: (2 * multiplyAdds) / times[0],
      };
    });
}

const gpu = await open();
const engine = new Engine(gpu);
const results: Timing[] = [];
if (!options.json)
  console.log(`${gpu.info.name}\n${'workload'.padEnd(28)}${'operation'.padEnd(24)}  median ms  GFLOP/s    (best)`);
try {
  for (const problem of problems)
    for (const timing of await time(engine, problem)) {
      results.push(timing);
      if (options.json) continue;
      const { workload, operation, medianMilliseconds, medianGflops, bestGflops } = timing;
      console.log(
        `${workload.padEnd(28)}${operation.padEnd(24)}${medianMilliseconds.toFixed(2).padStart(11)}${medianGflops.toFixed(2).padStart(9)}${`(${bestGflops.toFixed(2)})`.padStart(10)}`,
      );
    }
  if (options.json) console.log(JSON.stringify({ adapter: gpu.info.name, results }, null, 2));
} finally {
  engine.dispose();
  gpu.dispose();
}
