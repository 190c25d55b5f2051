import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../src/engine/autodiff/autodiff.js';
import { Graph } from '../../../src/engine/graph/graph.js';
import { interpret } from '../../../src/engine/graph/interpret.js';
import { logicalSize, unpack } from '../../../src/engine/graph/types.js';
import { type Variable, VariableSet, zeros } from '../../../src/engine/graph/variables.js';
import { assembleGradients } from '../../../src/engine/ops/copy/assembleGradients.js';
import { crossEntropy } from '../../../src/engine/ops/loss/crossEntropy.js';
import { Random } from '../../../src/engine/random/random.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { dartsSupernet } from '../../../src/nas/spaces/darts/supernet.js';
import { nasbench201 } from '../../../src/nas/spaces/nasbench201/space.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const settings = { channels: 4, cells: 1, classes: 3, size: 8, imageChannels: 2 };
const options = { affine: false, batchNorm: 'batch', gated: true } as const;
const BATCH = 3;

const supernets = [
  { name: 'NAS-Bench-201', build: () => nasbench201.supernet(settings, options) },
  { name: 'DARTS', build: () => dartsSupernet({ ...settings, cells: 3 }, options) },
];

/** Tables of weights by name: one candidate per edge, or all of them. */
function tables(alphas: VariableSet, share: 'one' | 'all', seed: number): Record<string, Float32Array> {
  const random = new Random(seed, 'choice');
  return Object.fromEntries(
    alphas.variables.map(({ name, type }) => {
      const [edges, operations] = type.shape;
      const table = new Float32Array(logicalSize(type));
      for (let edge = 0; edge < edges; edge++) {
        const chosen = 1 + random.integer(operations - 1);
        for (let o = 1; o < operations; o++)
          if (share === 'all' || o === chosen) table[edge * operations + o] = 0.25 + random.uniform();
      }
      return [name, table];
    }),
  );
}

/** Loss and gradient arena of a supernet, traced and compiled. */
function trace(supernet: ReturnType<(typeof supernets)[number]['build']>, labels: Variable) {
  return (graph: Graph) => {
    const x = graph.feed('x', [BATCH, settings.size, settings.size, settings.imageChannels]);
    const loss = crossEntropy(supernet.forward(x, 'train'), graph.read(labels));
    const variables = supernet.weights.variables;
    const each = gradients(
      loss,
      variables.map((variable) => graph.read(variable)),
    );
    graph.output('loss', loss);
    graph.output('gradients', assembleGradients(graph, each, supernet.weights));
    return { loss, each };
  };
}

describe.each(supernets)('a supernet of $name whose candidates are chosen in every step', ({ build }) => {
  it('computes only those that are open, with the losses and gradients of float64, and zero for the others', async () => {
    const supernet = build();
    const set = new VariableSet('labels');
    const labels = set.add('labels', [BATCH], zeros, { dtype: 'u32' });
    for (const each of [set, supernet.weights, supernet.runningStatistics, supernet.alphas]) engine.allocate(each, 1);
    engine.write(labels, [0, 2, 1]);
    const build64 = trace(supernet, labels);
    const graph = new Graph();
    const traced = build64(graph);
    const program = await engine.compile((g) => void build64(g));
    const random = new Random(4, 'images');
    const x = Float32Array.from({ length: BATCH * 8 * 8 * 2 }, () => random.normal());
    const variables = new Map<Variable, ArrayLike<number>>([[labels, [0, 2, 1]]]);
    for (const variable of supernet.weights.variables) variables.set(variable, await engine.read(variable));
    const dispatches = new Map<string, number>();
    // All candidates first, so that the memory of closed ones does not contain zeros.
    for (const [share, seed] of [
      ['all', 1],
      ['one', 2],
      ['one', 3],
    ] as const) {
      const feeds = { x, ...tables(supernet.alphas, share, seed) };
      program.run(feeds);
      const lookup = interpret(graph, { feeds, variables });
      const [loss] = lookup(traced.loss).data;
      expect(Math.abs((await program.read('loss'))[0] - loss)).toBeLessThan(1e-5);
      const arena = await program.read('gradients');
      let closed = 0;
      supernet.weights.variables.forEach(({ name, offset, type }, index) => {
        const wanted = traced.each[index] && lookup(traced.each[index]).data;
        const size = Math.max(1e-3, ...(wanted ?? []).map(Math.abs));
        if (wanted?.every((value) => value === 0)) closed++;
        const got = new Float32Array(logicalSize(type));
        unpack(type, arena.subarray(offset), got);
        wanted?.forEach((value, i) => {
          // Batch normalisation of twelve numbers per channel in the last stage amplifies rounding.
          expect(Math.abs(got[i] - value), `${name} ${i} of ${share}`).toBeLessThan(5e-4 * size);
        });
      });
      expect(closed > 0, `closed candidates of ${share}`).toBe(share === 'one');
      dispatches.set(`${share} ${seed}`, (await program.profile(feeds)).kernels.length);
    }
    expect(dispatches.get('one 2')).toBeLessThan(0.75 * (dispatches.get('all 1') as number));
    program.dispose();
    for (const each of [set, supernet.weights, supernet.runningStatistics, supernet.alphas]) engine.release(each);
  });
});

it('is refused with running statistics, which closed candidates would corrupt', () => {
  const running = { ...options, batchNorm: 'running' } as const;
  expect(() => nasbench201.supernet(settings, running)).toThrow(
    /batchNorm is running with gated candidates, wanted batch or reestimated/,
  );
  expect(() => dartsSupernet(settings, running)).toThrow(/wanted batch/);
});
