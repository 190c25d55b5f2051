// Long: the tuner runs every variant of a convolution and its gradients for real GPUs
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gradients } from '../../../src/engine/autodiff/autodiff.js';
import { conv2d } from '../../../src/engine/ops/conv/conv2d.js';
import { add } from '../../../src/engine/ops/elementwise/add.js';
import { multiply } from '../../../src/engine/ops/elementwise/multiply.js';
import { sum } from '../../../src/engine/ops/reduce/reduce.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { tune } from '../../../src/engine/tuner/tune.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

it('the variants for real GPUs agree with each other, those through tiles among them', async () => {
  const gpuEngine = new Engine(engine.gpu, { target: { softwareLanes: 0 } });
  const ran = new Set<string>();
  const { records } = await tune(
    gpuEngine,
    (graph) => {
      const x = graph.feed('x', [1, 6, 6, 40]);
      const w = graph.feed('w', [3, 3, 40, 72]);
      const y = conv2d(x, w, { padding: 1 });
      const [dx, dw] = gradients(sum(multiply(y, y)), [x, w]);
      if (dx && dw) graph.output('both', add(sum(dx), sum(dw)));
    },
    { measure: async (candidates, rounds) => candidates.map(() => Array.from({ length: rounds }, () => 1)) },
  );
  for (const { times, rejected } of records) {
    expect(rejected).toEqual([]);
    for (const { variant } of times) ran.add(variant);
  }
  expect(records.map(({ key }) => key.split(' ')[0])).toEqual(
    expect.arrayContaining(['conv2d', 'conv2dWeightGradient']),
  );
  expect([...ran].filter((variant) => variant.startsWith('tiled-')).length).toBeGreaterThan(2);
  gpuEngine.dispose();
});
