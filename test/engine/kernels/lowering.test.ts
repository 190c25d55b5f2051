import { describe, expect, it } from 'vitest';
import { Graph, type Value } from '../../../src/engine/graph/graph.js';
import { type Dispatch, lowerNodes } from '../../../src/engine/kernels/lowering.js';
import { concat } from '../../../src/engine/ops/copy/concat.js';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { scale } from '../../../src/engine/ops/elementwise/scale.js';
import { liveNodes } from '../../../src/engine/passes/deadCode.js';
import { locate } from '../../../src/engine/passes/locations.js';

const target = { softwareLanes: 8 };

function dispatchesOf(build: (graph: Graph) => Value): readonly Dispatch[] {
  const graph = new Graph();
  graph.output('y', build(graph));
  const nodes = liveNodes(graph);
  return lowerNodes(nodes, locate(graph, nodes), target).dispatches;
}

describe('equal nodes', () => {
  it('share their kernel calls, within a graph and between graphs', () => {
    const build = (graph: Graph) => relu(scale(relu(scale(graph.feed('x', [3, 8]), 2)), 2));
    const [first, second] = [dispatchesOf(build), dispatchesOf(build)].map((all) => all.map(({ call }) => call));
    expect(first[2]).toBe(first[0]);
    expect(first[3]).toBe(first[1]);
    expect(second).toEqual(first);
    second.forEach((call, index) => {
      expect(call).toBe(first[index]);
    });
  });

  it('are bound to their own values', () => {
    const [first, , third] = dispatchesOf((graph) => relu(scale(relu(scale(graph.feed('x', [3, 8]), 2)), 2)));
    expect(third.call).toBe(first.call);
    expect(third.memory.x).not.toEqual(first.memory.x);
    expect(third.memory.y).not.toEqual(first.memory.y);
  });

  it('that lie elsewhere within rows have calls of their own', () => {
    const [first, second] = dispatchesOf((graph) =>
      concat([relu(graph.feed('a', [3, 8])), relu(graph.feed('b', [3, 8]))]),
    );
    expect(second.call).not.toBe(first.call);
    expect([first.call.uniforms.yOffset, second.call.uniforms.yOffset]).toEqual([0, 2]);
  });

  it('with other attributes or shapes have calls of their own', () => {
    const [first, second] = dispatchesOf((graph) => scale(scale(graph.feed('x', [3, 8]), 2), 3));
    expect([first.call.uniforms.factor, second.call.uniforms.factor]).toEqual([2, 3]);
    const [other] = dispatchesOf((graph) => scale(graph.feed('x', [5, 8]), 2));
    expect(other.call.uniforms.rows).toBe(5);
  });

  it('charge their cost to the first of their dispatches', () => {
    const dispatches = dispatchesOf((graph) => concat([graph.feed('a', [3, 6]), graph.feed('b', [3, 6])]));
    expect(dispatches.map(({ cost }) => cost.bytes)).toEqual([4 * 3 * (8 + 8 + 12), 0]);
  });
});
