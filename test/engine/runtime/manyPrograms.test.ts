import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Graph } from '../../../src/engine/graph/graph.js';
import { relu } from '../../../src/engine/ops/relu.js';
import { scale } from '../../../src/engine/ops/scale.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const PAIRS = 2000;

function chain(graph: Graph): void {
  let x = graph.feed('x', [4]);
  for (let i = 0; i < PAIRS; i++) x = relu(scale(x, i % 2 === 0 ? 2 : 0.5));
  graph.output('y', x);
}

// A process that keeps the bind groups of all of them ends with a segmentation fault on lavapipe.
it('building and disposing of programs goes on beyond the bind groups that a process can hold', {
  timeout: 300_000,
}, async () => {
  for (let i = 0; i < 17; i++) {
    const program = await engine.compile(chain);
    expect(program.dispatchCount).toBe(2 * PAIRS);
    program.run({ x: [1, -1, 2, 3] });
    await engine.gpu.idle();
    program.dispose();
  }
});
