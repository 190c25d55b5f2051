import { describe, expect, it } from 'vitest';
import { gradients } from '../../../src/engine/autodiff/autodiff.js';
import { OwnershipError } from '../../../src/engine/errors/errors.js';
import { Graph, type Value } from '../../../src/engine/graph/graph.js';
import { VariableSet, zeros } from '../../../src/engine/graph/variables.js';
import { lowerNodes } from '../../../src/engine/kernels/lowering.js';
import { conv2d } from '../../../src/engine/ops/conv/conv2d.js';
import { accumulate, assign } from '../../../src/engine/ops/copy/accumulate.js';
import { assembleGradients } from '../../../src/engine/ops/copy/assembleGradients.js';
import { concat } from '../../../src/engine/ops/copy/concat.js';
import { flatten } from '../../../src/engine/ops/copy/flatten.js';
import { slice } from '../../../src/engine/ops/copy/slice.js';
import { split } from '../../../src/engine/ops/copy/split.js';
import { add } from '../../../src/engine/ops/elementwise/add.js';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { scale } from '../../../src/engine/ops/elementwise/scale.js';
import { sum } from '../../../src/engine/ops/reduce/reduce.js';
import { liveNodes } from '../../../src/engine/passes/deadCode.js';
import { locate } from '../../../src/engine/passes/locations.js';

/** Kernels that run for the outputs given, in order. */
function kernels(graph: Graph, ...outputs: Value[]): string[] {
  outputs.forEach((value, index) => {
    graph.output(`output ${index}`, value);
  });
  const nodes = liveNodes(graph);
  return lowerNodes(nodes, locate(graph, nodes), { softwareLanes: 8 }).dispatches.map(({ call }) => call.kernel);
}

const copies = (names: string[]) => names.filter((name) => name.startsWith('copy/'));

describe('concatenation', () => {
  it('of the outputs of convolutions copies nothing', () => {
    const graph = new Graph();
    const x = graph.feed('x', [2, 5, 5, 3]);
    const parts = [8, 4, 6].map((channels) => conv2d(x, graph.feed(`w${channels}`, [1, 1, 3, channels])));
    const names = kernels(graph, relu(concat(parts)));
    expect(names).toHaveLength(4);
    expect(copies(names)).toEqual([]);
  });

  it('nested in another copies nothing', () => {
    const graph = new Graph();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => relu(graph.feed(name, [3, 4])));
    expect(copies(kernels(graph, relu(concat([concat([a, b]), c]))))).toEqual([]);
  });

  it('copies what does not begin at a multiple of four channels', () => {
    const graph = new Graph();
    const [a, b] = ['a', 'b'].map((name) => relu(graph.feed(name, [3, 6])));
    expect(copies(kernels(graph, concat([a, b])))).toHaveLength(2);
  });

  it('copies feeds', () => {
    const graph = new Graph();
    const [a, b] = ['a', 'b'].map((name) => graph.feed(name, [3, 4]));
    expect(copies(kernels(graph, concat([a, b])))).toHaveLength(2);
  });

  it('copies a value that it holds twice, and each place gets it', () => {
    const graph = new Graph();
    const a = relu(graph.feed('a', [3, 4]));
    expect(copies(kernels(graph, concat([a, a])))).toHaveLength(2);
  });

  it('copies where a kernel would otherwise read and write one buffer', () => {
    const graph = new Graph();
    const a = relu(graph.feed('a', [3, 4]));
    // The sum reads a; in place, both would lie in the concatenation.
    const b = add(a, graph.feed('b', [3, 4]));
    expect(copies(kernels(graph, concat([a, b])))).toHaveLength(1);
  });

  it('copies vectors, which kernels take from the start of their binding', () => {
    const graph = new Graph();
    const [a, b] = ['a', 'b'].map((name) => relu(graph.feed(name, [4])));
    expect(copies(kernels(graph, concat([a, b])))).toHaveLength(2);
  });
});

describe('views', () => {
  it('of whole vec4s of channels cost nothing', () => {
    const graph = new Graph();
    const x = relu(graph.feed('x', [2, 3, 14]));
    expect(kernels(graph, relu(slice(x, 4, 8)), relu(slice(x, 12, 2)))).toEqual(Array(3).fill('elementwise/relu'));
  });

  it('that cut vec4s are copied', () => {
    const graph = new Graph();
    const x = relu(graph.feed('x', [2, 3, 14]));
    expect(copies(kernels(graph, relu(slice(x, 2, 8)), relu(slice(x, 4, 3))))).toHaveLength(2);
  });

  it('of images as rows cost nothing without padding, and are copied with it', () => {
    const graph = new Graph();
    const [a, b] = [8, 6].map((channels) => flatten(relu(graph.feed(`x${channels}`, [2, 3, 3, channels]))));
    expect(copies(kernels(graph, relu(a), relu(b)))).toEqual(['copy/reshape']);
  });

  it('of images of one pixel cost nothing at any number of channels', () => {
    const graph = new Graph();
    expect(copies(kernels(graph, relu(flatten(relu(graph.feed('x', [2, 1, 1, 6]))))))).toEqual([]);
  });

  it('of a variable are copied where the program updates it', () => {
    const graph = new Graph();
    const set = new VariableSet('parameters');
    const variable = set.add('w', [2, 8], zeros);
    const part = slice(graph.read(variable), 4, 4);
    assign(graph.read(variable), graph.feed('x', [2, 8]));
    expect(copies(kernels(graph, relu(part)))).toEqual(['copy/channels', 'copy/accumulate']);
  });
});

describe('splits', () => {
  it('into whole vec4s cost nothing', () => {
    const graph = new Graph();
    const parts = split(relu(graph.feed('x', [2, 3, 14])), [4, 8, 2]);
    expect(kernels(graph, ...parts.map(relu))).toEqual(Array(4).fill('elementwise/relu'));
  });

  it('of which one part cuts a vec4 copy every part', () => {
    const graph = new Graph();
    const parts = split(relu(graph.feed('x', [2, 3, 14])), [4, 6, 4]);
    expect(copies(kernels(graph, ...parts.map(relu)))).toHaveLength(3);
  });

  it('have one gradient, into which those of their parts are written straight', () => {
    const graph = new Graph();
    const x = graph.feed('x', [2, 5, 5, 12]);
    const [a, b, c] = split(relu(x), [4, 4, 4]);
    const w = graph.feed('w', [3, 3, 4, 4]);
    // The last part's gradient is a sum of two, the middle part's is zero.
    const loss = sum(concat([conv2d(a, w, { padding: 1 }), add(relu(c), scale(c, 3))]));
    const [dx] = gradients(loss, [x]);
    expect(relu(b).shape).toEqual([2, 5, 5, 4]);
    const names = kernels(graph, loss, dx as Value);
    expect(copies(names)).toEqual([]);
    expect(names.at(-2)).toBe('reduce/broadcast');
    expect(names.slice(6).filter((name) => name === 'elementwise/weightedSum')).toHaveLength(1);
  });
});

describe('gradients', () => {
  const set = new VariableSet('weights');
  set.add('a', [3, 4], zeros);
  set.add('b', [3, 4], zeros);
  set.add('c', [], zeros);

  it('are written where the optimiser reads them', () => {
    const graph = new Graph();
    const [a, b] = ['a', 'b'].map((name) => relu(graph.feed(name, [3, 4])));
    expect(copies(kernels(graph, assembleGradients(graph, [a, b, undefined], set)))).toEqual([]);
  });

  it('that are one value are copied to both variables', () => {
    const graph = new Graph();
    const a = relu(graph.feed('a', [3, 4]));
    expect(copies(kernels(graph, assembleGradients(graph, [a, a, undefined], set)))).toHaveLength(2);
  });

  it('that others are computed from are copied', () => {
    const graph = new Graph();
    const a = relu(graph.feed('a', [3, 4]));
    const b = add(a, graph.feed('b', [3, 4]));
    expect(copies(kernels(graph, assembleGradients(graph, [a, b, undefined], set)))).toHaveLength(1);
  });
});

describe('variables', () => {
  it('read before an update and used after it are refused', () => {
    const graph = new Graph();
    const variable = new VariableSet('metrics').add('loss', [2, 4], zeros);
    const before = graph.read(variable);
    accumulate(before, graph.feed('x', [2, 4]));
    const late = relu(before);
    expect(() => kernels(graph, late)).toThrow(OwnershipError);
    expect(() => kernels(new Graph())).not.toThrow();
  });

  it('read again after an update are the updated ones', () => {
    const graph = new Graph();
    const variable = new VariableSet('metrics').add('loss', [2, 4], zeros);
    const before = relu(graph.read(variable));
    accumulate(graph.read(variable), graph.feed('x', [2, 4]));
    const after = relu(graph.read(variable));
    expect(after).not.toBe(before);
    expect(kernels(graph, before, after)).toEqual(['elementwise/relu', 'copy/accumulate', 'elementwise/relu']);
  });

  it('of one set that are read and updated by one operation are refused', () => {
    const graph = new Graph();
    const set = new VariableSet('weights');
    const [a, b] = ['a', 'b'].map((name) => set.add(name, [2, 4], zeros));
    assign(graph.read(a), graph.read(b));
    expect(() => kernels(graph)).toThrow(/set of its own/);
  });
});
