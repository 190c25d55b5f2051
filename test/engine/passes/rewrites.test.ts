import { describe, expect, it } from 'vitest';
import { Graph } from '../../../src/engine/graph/graph.js';
import { VariableSet, zeros } from '../../../src/engine/graph/variables.js';
import { accumulate } from '../../../src/engine/ops/copy/accumulate.js';
import { slice } from '../../../src/engine/ops/copy/slice.js';
import { add } from '../../../src/engine/ops/elementwise/add.js';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { liveNodes } from '../../../src/engine/passes/deadCode.js';

describe('sharing', () => {
  it('applies one operation of the same values once', () => {
    const graph = new Graph();
    const x = graph.feed('x', [2, 8]);
    expect(relu(x)).toBe(relu(x));
    expect(slice(x, 4, 4)).toBe(slice(x, 4, 4));
    expect(graph.nodes).toHaveLength(2);
  });

  it('distinguishes other attributes, other values and another order', () => {
    const graph = new Graph();
    const [x, y] = ['x', 'y'].map((name) => graph.feed(name, [2, 8]));
    expect(slice(x, 0, 4)).not.toBe(slice(x, 4, 4));
    expect(relu(x)).not.toBe(relu(y));
    expect(add(x, y)).not.toBe(add(y, x));
  });

  it('distinguishes two operations of one name', () => {
    const graph = new Graph();
    const x = graph.feed('x', [2, 8]);
    relu(x);
    const { operation, attributes } = graph.nodes[0];
    const [twin] = graph.apply({ ...operation }, [x], attributes);
    expect(twin).not.toBe(relu(x));
    expect(graph.nodes).toHaveLength(2);
  });

  it('never shares updates', () => {
    const graph = new Graph();
    const variable = new VariableSet('metrics').add('sum', [], zeros);
    const x = graph.feed('x');
    accumulate(graph.read(variable), x);
    accumulate(graph.read(variable), x);
    expect(liveNodes(graph)).toHaveLength(2);
  });
});

describe('dead code', () => {
  it('is what neither an output nor an update needs', () => {
    const graph = new Graph();
    const x = graph.feed('x', [2, 8]);
    const variable = new VariableSet('metrics').add('sum', [2, 8], zeros);
    const needed = relu(x);
    relu(add(x, needed));
    const counted = add(needed, x);
    accumulate(graph.read(variable), counted);
    expect(liveNodes(graph).map((node) => node.operation.name)).toEqual(['relu', 'add', 'accumulate']);
  });
});
