import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../src/engine/autodiff/autodiff.js';
import { Graph, type Value } from '../../../src/engine/graph/graph.js';
import { interpret } from '../../../src/engine/graph/interpret.js';
import { logicalSize } from '../../../src/engine/graph/types.js';
import { type Variable, VariableSet } from '../../../src/engine/graph/variables.js';
import { multiply } from '../../../src/engine/ops/elementwise/multiply.js';
import { mean } from '../../../src/engine/ops/reduce/reduce.js';
import { Random } from '../../../src/engine/random/random.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { EDGES, relaxedCell } from '../../../src/nas/spaces/darts/relaxedCell.js';
import { dartsSupernet } from '../../../src/nas/spaces/darts/supernet.js';
import { nasbench201 } from '../../../src/nas/spaces/nasbench201/space.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const options = { affine: false, batchNorm: 'batch' } as const;
const count = (set: VariableSet) => set.variables.reduce((sum, { type }) => sum + logicalSize(type), 0);

/** A single cell whose candidates all have weight `weight`, with two inputs of eight channels. */
function cell(reduction: boolean, weight: number) {
  const weights = new VariableSet('weights');
  const context = {
    weights,
    runningStatistics: new VariableSet('averages'),
    affine: false,
    trackRunningStatistics: false,
  };
  const sizes = { inputs: [8, 8], channels: 8, reduction, afterReduction: false, gated: false, partial: 2 };
  const table = new Float32Array(EDGES.length * 8).fill(weight);
  const build = relaxedCell(context, 'cell', sizes);
  const trace = (graph: Graph) => {
    const inputs = ['before', 'last'].map((name) => graph.feed(name, [2, 4, 4, 8]));
    const mixture = { weights: graph.constant(table, [EDGES.length, 8]) };
    return { inputs, y: build(inputs[0], inputs[1], 'train', mixture) };
  };
  return { trace, weights };
}

function numbers(seed: number, length: number): Float64Array {
  const random = new Random(seed, 'numbers');
  return Float64Array.from({ length }, () => Math.fround(random.normal()));
}

describe('partial channels', () => {
  it('bypass the other channels of every edge, pooled where the image is halved, and shuffle', () => {
    for (const reduction of [false, true]) {
      const graph = new Graph();
      const { trace, weights } = cell(reduction, 0);
      const { y } = trace(graph);
      const variables = new Map<Variable, Float64Array>();
      for (const [i, variable] of weights.variables.entries())
        variables.set(variable, numbers(i, logicalSize(variable.type)));
      const lookup = interpret(graph, { feeds: { before: numbers(50, 256), last: numbers(51, 256) }, variables });
      // The preprocessed inputs are the last batch normalisations with eight channels at full size.
      const normed = graph.nodes.filter(({ operation }) => operation.name === 'batchNormTraining').slice(0, 2);
      const nodes = normed.map(({ outputs }) => lookup(outputs[0]).data);
      const size = reduction ? 2 : 4;
      const pass = (data: Float64Array, node: number): Float64Array => {
        const edge = Math.sqrt(data.length / 2 / 8);
        const out = new Float64Array(2 * size * size * 4);
        out.forEach((_, i) => {
          const [c, column, row, n] = [
            i % 4,
            (i >> 2) % size,
            Math.floor(i / 4 / size) % size,
            Math.floor(i / 4 / size / size),
          ];
          const at = (r: number, k: number) => data[((n * edge + r) * edge + k) * 8 + 4 + c];
          out[i] =
            reduction && node < 2
              ? Math.max(...[0, 1].flatMap((r) => [0, 1].map((k) => at(2 * row + r, 2 * column + k))))
              : at(row, column);
        });
        return out;
      };
      for (let target = 2; target < 6; target++) {
        const passed = nodes.map(pass);
        const node = new Float64Array(2 * size * size * 8);
        // Mixed channels are zero; channel m of group g becomes channel g of group m.
        passed.forEach((part) => {
          part.forEach((value, i) => {
            node[Math.floor(i / 4) * 8 + (i % 4) * 2 + 1] += value;
          });
        });
        nodes.push(node);
      }
      const got = lookup(y).data;
      nodes.slice(2).forEach((node, index) => {
        node.forEach((value, i) => {
          expect(got[Math.floor(i / 8) * 32 + index * 8 + (i % 8)]).toBeCloseTo(value, 10);
        });
      });
    }
  });

  it('compute on the device what they compute in float64, gradients too', async () => {
    const graph = new Graph();
    const { trace, weights } = cell(true, 0.3);
    engine.allocate(weights, 1);
    const variables = new Map<Variable, ArrayLike<number>>();
    for (const variable of weights.variables) variables.set(variable, await engine.read(variable));
    const feeds = { before: numbers(50, 256), last: numbers(51, 256) };
    const everything = (g: Graph): [string, Value][] => {
      const { y, inputs } = trace(g);
      const loss = mean(multiply(y, y));
      return [['y', y], ...gradients(loss, inputs).map((d, i): [string, Value] => [`d${i}`, d as Value])];
    };
    const wanted = everything(graph);
    const lookup = interpret(graph, { feeds, variables });
    const program = await engine.compile((g) => {
      for (const [name, value] of everything(g)) g.output(name, value);
    });
    program.run(feeds);
    for (const [name, value] of wanted) {
      const { data } = lookup(value);
      const scale = Math.max(...data.map(Math.abs));
      (await program.read(name)).forEach((got, i) => {
        expect(Math.abs(got - data[i]), `${name} ${i}`).toBeLessThan(1e-4 * scale);
      });
    }
    program.dispose();
    engine.release(weights);
  });

  it('bypass every edge of a cell of NAS-Bench-201, times its weight', () => {
    const settings = { channels: 8, cells: 1, classes: 3, size: 4, imageChannels: 1 };
    const supernet = nasbench201.supernet(settings, { ...options, partial: 2 });
    const graph = new Graph();
    const weights = [graph.constant(new Float32Array(30), [6, 5])];
    const edges = [graph.constant([2, 3, 5, 7, 11, 13], [6])];
    supernet.forward(graph.feed('images', [1, 4, 4, 1]), 'train', { weights, edges });
    const variables = new Map<Variable, Float64Array>();
    for (const [i, variable] of supernet.weights.variables.entries())
      variables.set(variable, numbers(i, logicalSize(variable.type)));
    const lookup = interpret(graph, { feeds: { images: numbers(50, 16) }, variables });
    const shuffled = graph.nodes.filter(({ operation }) => operation.name === 'shuffleChannels');
    const stem = graph.nodes.find(({ operation }) => operation.name === 'batchNormTraining');
    // Edges 0→1 | 0→2, 1→2 | 0→3, 1→3, 2→3. Mixed channels are zero, and channel 4 + c becomes channel 2c + 1.
    const passed = (...from: [number[], number][]) =>
      from[0][0].map((_, i) => {
        const source = i - (i % 8) + 4 + ((i % 8) >> 1);
        return i % 2 === 0 ? 0 : from.reduce((sum, [node, weight]) => sum + weight * node[source], 0);
      });
    const input = [...lookup(stem!.outputs[0]).data];
    const first = passed([input, 2]);
    const second = passed([input, 3], [first, 5]);
    const wanted = [first, second, passed([input, 7], [first, 11], [second, 13])];
    wanted.forEach((node, i) => {
      const got = lookup(shuffled[i].outputs[0]).data;
      node.forEach((value, j) => {
        expect(got[j]).toBeCloseTo(value, 10);
      });
    });
  });

  it('shrink the search network, whose channels must be divisible', () => {
    const settings = { channels: 16, cells: 8, classes: 10, size: 32, imageChannels: 3 };
    const whole = count(dartsSupernet(settings, options).weights);
    const quarter = count(dartsSupernet(settings, { ...options, partial: 4 }).weights);
    expect(quarter).toBeLessThan(whole / 4);
    expect(() => dartsSupernet({ ...settings, channels: 8 }, { ...options, partial: 4 })).toThrow(
      /channels is 8, wanted a multiple of 16/,
    );
  });
});
