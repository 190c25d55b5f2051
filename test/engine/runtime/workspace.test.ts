import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/engine/graph/graph.js';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { scale } from '../../../src/engine/ops/elementwise/scale.js';
import { matmul } from '../../../src/engine/ops/matmul/matmul.js';
import { softmax } from '../../../src/engine/ops/reduce/softmax.js';
import type { Compiler } from '../../../src/engine/runtime/compiler.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { PlanningEngine } from '../../../src/engine/runtime/planningEngine.js';
import { Workspace } from '../../../src/engine/runtime/workspace.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** A chain of a few temporary values, each of `rows` rows. */
const chain = (rows: number) => (graph: Graph) => {
  const x = graph.feed('x', [rows, 64]);
  const w = scale(softmax(x), 3);
  graph.output('y', softmax(relu(matmul(w, graph.constant(new Array(64 * 64).fill(0.01), [64, 64])))));
};

const rows = (count: number) => Float32Array.from({ length: count * 64 }, (_, i) => Math.sin(i));

describe('a workspace', () => {
  it('serves programs that run in turn: results equal those with buffers of their own', async () => {
    const workspace = engine.workspace();
    const [small, large] = await Promise.all([8, 100].map((n) => engine.compile(chain(n), { workspace })));
    const [ownSmall, ownLarge] = await Promise.all([8, 100].map((n) => engine.compile(chain(n))));
    for (let turn = 0; turn < 3; turn++) {
      for (const [shared, own, count] of [
        [small, ownSmall, 8],
        [large, ownLarge, 100],
      ] as const) {
        shared.run({ x: rows(count) });
        own.run({ x: rows(count) });
      }
      expect(await small.read('y')).toEqual(await ownSmall.read('y'));
      expect(await large.read('y')).toEqual(await ownLarge.read('y'));
    }
    for (const program of [small, large, ownSmall, ownLarge]) program.dispose();
    workspace.dispose();
  });

  it('takes the memory of the largest of its programs, as a planning engine predicts', async () => {
    const measure = async (build: Compiler, shared: boolean) => {
      const before = build.memoryBytes;
      const workspace = shared ? build.workspace() : undefined;
      const programs = [];
      for (const n of [1000, 900, 800]) programs.push(await build.compile(chain(n), { workspace }));
      const bytes = build.memoryBytes - before;
      for (const program of programs) program.dispose();
      workspace?.dispose();
      expect(build.memoryBytes).toBe(before);
      return bytes;
    };
    const planning = new PlanningEngine(engine.gpu, { target: engine.target });
    const [own, shared] = [await measure(engine, false), await measure(engine, true)];
    expect(shared).toBeLessThan(0.8 * own);
    expect(await measure(planning, true)).toBe(shared);
    expect(await measure(planning, false)).toBe(own);
  });

  it('assigns every slot a buffer of its own, at least as large, and makes only missing ones', () => {
    let freed = false;
    const workspace = new Workspace(() => {
      freed = true;
    });
    workspace.take([100, 300]);
    expect(workspace.bytes).toBe(400);
    expect(workspace.missing([50, 300])).toBe(0);
    expect(workspace.missing([200, 200])).toBe(200);
    expect(workspace.missing([301])).toBe(301);
    workspace.take([200, 200]);
    expect(workspace.bytes).toBe(600);
    workspace.dispose();
    expect(freed).toBe(true);
    expect(workspace.bytes).toBe(0);
    expect(() => workspace.take([1])).toThrow('workspace: used after dispose()');
  });
});
