import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Graph, type Value } from '../../../src/engine/graph/graph.js';
import { VariableSet, zeros } from '../../../src/engine/graph/variables.js';
import { assign } from '../../../src/engine/ops/copy/accumulate.js';
import { add } from '../../../src/engine/ops/elementwise/add.js';
import { multiply } from '../../../src/engine/ops/elementwise/multiply.js';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { scale } from '../../../src/engine/ops/elementwise/scale.js';
import { dropout } from '../../../src/engine/ops/random/dropout.js';
import { randomUniform } from '../../../src/engine/ops/random/random.js';
import { broadcastScalar } from '../../../src/engine/ops/reduce/reduce.js';
import { softmax } from '../../../src/engine/ops/reduce/softmax.js';
import { liveNodes } from '../../../src/engine/passes/deadCode.js';
import { foldConstants } from '../../../src/engine/passes/foldConstants.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

/** Operations that remain for an output, in order. */
function operations(graph: Graph, output: Value): string[] {
  graph.output('y', output);
  return liveNodes(graph, foldConstants(graph, liveNodes(graph))).map(({ operation }) => operation.name);
}

describe('constants', () => {
  it('are folded where other nodes read the result', () => {
    const graph = new Graph();
    const table = softmax(scale(graph.constant([1, 2, 3, 4], [4]), 0.5));
    expect(operations(graph, multiply(graph.feed('x', [4]), table))).toEqual(['multiply']);
  });

  it('alone make a graph that runs unchanged', () => {
    const graph = new Graph();
    expect(operations(graph, relu(scale(graph.constant([1, -2], [2]), 3)))).toEqual(['scale', 'relu']);
  });

  it('are left to the device where the result is large', () => {
    const graph = new Graph();
    const ramp = broadcastScalar(graph.constant([2], []), graph.feed('x', [65_537]).type);
    expect(operations(graph, multiply(graph.feed('x', [65_537]), ramp))).toEqual(['broadcastScalar', 'multiply']);
  });

  it('do not include a variable that was updated to one', () => {
    const graph = new Graph();
    const variable = new VariableSet('set').add('v', [2], zeros);
    const updated = assign(graph.read(variable), graph.constant([1, 2], [2]));
    expect(operations(graph, add(updated, graph.feed('x', [2])))).toEqual(['assign', 'add']);
  });
});

describe('nodes that change nothing', () => {
  const x = (graph: Graph) => relu(graph.feed('x', [2, 3]));
  const all = (graph: Graph, number: number) => graph.constant(Array(6).fill(number), [2, 3]);

  it.each([
    ['sums with zeros', (g: Graph) => add(all(g, 0), x(g), scale(all(g, 0), 2))],
    ['products with ones', (g: Graph) => multiply(x(g), all(g, 1))],
    [
      'drop-out of nothing',
      (g: Graph) => dropout(x(g), g.constant([0], []), g.feed('step', [], 'u32'), { seed: 1, purpose: 'test' }),
    ],
  ])('are passed by: %s', (_, build) => {
    const graph = new Graph();
    expect(operations(graph, scale(build(graph), 2))).toEqual(['relu', 'scale']);
  });

  it('are no others', () => {
    const graph = new Graph();
    const sum = add(x(graph), graph.constant([0, 0, 0, 0, 0, 1], [2, 3]));
    const rate = graph.constant([0.5], []);
    const dropped = dropout(sum, rate, graph.feed('step', [], 'u32'), { seed: 1, purpose: 'test' });
    expect(operations(graph, scale(multiply(dropped, all(graph, 2)), 2))).toEqual([
      'relu',
      'add',
      'dropout',
      'multiply',
      'scale',
    ]);
  });

  it('preserve the elements of a variable before its update', () => {
    const graph = new Graph();
    const variable = new VariableSet('set').add('v', [2], zeros);
    const before = add(graph.read(variable), graph.constant([0, 0], [2]));
    assign(graph.read(variable), graph.feed('x', [2]));
    expect(operations(graph, relu(before))).toEqual(['add', 'assign', 'relu']);
  });
});

describe('a folded program', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openTestEngine();
  });
  afterAll(() => closeTestEngine(engine));

  it('draws the random numbers that the device draws, and computes what the device computes', async () => {
    const draw = (graph: Graph) =>
      randomUniform(graph.constant([7], [], 'u32'), { shape: [3, 5], seed: 3, purpose: 'test' });
    const onDevice = await engine.compile((graph) => graph.output('y', draw(graph)));
    const folded = await engine.compile((graph) => {
      graph.output('y', multiply(draw(graph), graph.feed('ones', [3, 5])));
    });
    expect([onDevice.dispatchCount, folded.dispatchCount]).toEqual([1, 1]);
    onDevice.run();
    folded.run({ ones: Array(15).fill(1) });
    expect(await folded.read('y')).toEqual(await onDevice.read('y'));
    onDevice.dispose();
    folded.dispose();
  });
});
