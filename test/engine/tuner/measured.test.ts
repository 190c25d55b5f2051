import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Graph } from '../../../src/engine/graph/graph.js';
import type { VariantChoice } from '../../../src/engine/graph/kernelTarget.js';
import { VariableSet } from '../../../src/engine/graph/variables.js';
import { kaimingNormal } from '../../../src/engine/nn/initializers.js';
import { conv2d } from '../../../src/engine/ops/conv/conv2d.js';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { crossEntropy } from '../../../src/engine/ops/loss/crossEntropy.js';
import { globalAveragePool } from '../../../src/engine/ops/pool/globalAveragePool.js';
import { choiceKey } from '../../../src/engine/ops/record/variants.js';
import { Sgd } from '../../../src/engine/optim/sgd.js';
import { Engine } from '../../../src/engine/runtime/engine.js';
import { variantsOf } from '../../../src/engine/tuner/record.js';
import { tune } from '../../../src/engine/tuner/tune.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** A small network and its training. */
function network() {
  const weights = new VariableSet('weights');
  const first = weights.add('first', [3, 3, 3, 8], kaimingNormal(), { layout: 'matrix' });
  const second = weights.add('second', [1, 1, 8, 5], kaimingNormal(), { layout: 'matrix' });
  const optimizer = new Sgd(weights, { learningRate: 0.1, momentum: 0.9 });
  const step = (graph: Graph) => {
    const x = graph.feed('x', [4, 9, 9, 3]);
    const labels = graph.feed('labels', [4], 'u32');
    const hidden = relu(conv2d(x, graph.read(first), { padding: 1 }));
    optimizer.apply(crossEntropy(globalAveragePool(conv2d(hidden, graph.read(second))), labels));
  };
  return { weights, optimizer, step };
}

/** The bits of the weights after some steps. */
async function train(on: Engine): Promise<Uint32Array> {
  const { weights, optimizer, step } = network();
  on.allocate(weights, 5);
  optimizer.allocate(on);
  const program = await on.compile(step);
  const x = Float32Array.from({ length: 4 * 81 * 3 }, (_, i) => Math.sin(i));
  for (let i = 0; i < 3; i++) program.run({ x, labels: [0, 1, 2, 3], ...optimizer.feeds(i) });
  return on.readSet(weights);
}

it('every choice of a training step is measured, no variant disagrees, and equal tables give equal bits', async () => {
  const choices = new Map<string, VariantChoice>();
  const recorder = new Engine(engine.gpu, {
    target: { ...engine.target, onChoice: (choice) => choices.set(choiceKey(choice), choice) },
  });
  const usual = await train(recorder);
  recorder.dispose();
  const open = [...choices.values()].filter(({ candidates }) => candidates.length > 1);
  const { records, left } = await tune(engine, network().step);
  expect(left).toBe(0);
  expect(records.map(({ key }) => key).sort()).toEqual(open.map(choiceKey).sort());
  expect(records.flatMap(({ rejected }) => rejected)).toEqual([]);

  // Whatever was quickest here, every choice but the usual one.
  const others = records.map((record) => ({ ...record, chosen: record.times.at(-1)?.variant ?? record.usual }));
  for (const variants of [variantsOf(records), variantsOf(others)]) {
    const [first, second] = [new Engine(engine.gpu, { variants }), new Engine(engine.gpu, { variants })];
    const bits = await train(first);
    expect(await train(second)).toEqual(bits);
    const floats = new Float32Array(bits.buffer);
    for (const [i, value] of new Float32Array(usual.buffer).entries()) expect(floats[i]).toBeCloseTo(value, 5);
    for (const tuned of [first, second]) tuned.dispose();
  }
});
