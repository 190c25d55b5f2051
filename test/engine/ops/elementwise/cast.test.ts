import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../../src/engine/autodiff/autodiff.js';
import { DTypeError } from '../../../../src/engine/errors/errors.js';
import { Graph, type Value } from '../../../../src/engine/graph/graph.js';
import { interpret } from '../../../../src/engine/graph/interpret.js';
import { VariableSet } from '../../../../src/engine/graph/variables.js';
import { conv2d } from '../../../../src/engine/ops/conv/conv2d.js';
import { add } from '../../../../src/engine/ops/elementwise/add.js';
import { cast } from '../../../../src/engine/ops/elementwise/cast.js';
import { multiply } from '../../../../src/engine/ops/elementwise/multiply.js';
import { relu } from '../../../../src/engine/ops/elementwise/relu.js';
import { matmul } from '../../../../src/engine/ops/matmul/matmul.js';
import { mean } from '../../../../src/engine/ops/reduce/reduce.js';
import { softmax } from '../../../../src/engine/ops/reduce/softmax.js';
import { Engine } from '../../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../../support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const normal = (type: { shape: readonly number[] }, random: { normal(): number }) =>
  Float32Array.from({ length: type.shape.reduce((a, b) => a * b, 1) }, () => random.normal());

function needsF16(context: { skip(why: string): void }): void {
  if (engine.target.f16) return;
  const why = `${engine.gpu.info.name} has no shader-f16: set NASTRANSFER_ADAPTER=lavapipe`;
  console.warn(`skipped: ${why}`);
  context.skip(why);
}

describe('values of 16-bit floats', () => {
  it('train: loss and gradients of a residual network with f16 activations agree with float64', async (context) => {
    needsF16(context);
    const set = new VariableSet('half network');
    const x = set.add('x', [2, 6, 6, 5], normal);
    const kernels = ['first', 'second'].map((name, i) =>
      set.add(name, [3, 3, i === 0 ? 5 : 8, 8], normal, { layout: 'matrix' }),
    );
    const bias = set.add('bias', [8], normal);
    const build = (graph: Graph): { activation: Value; loss: Value; found: Value[] } => {
      const [first, second] = kernels.map((kernel) => graph.read(kernel));
      const a = relu(conv2d(cast(graph.read(x), 'f16'), first, { padding: 1, bias: graph.read(bias) }));
      const b = conv2d(a, cast(second, 'f16'), { padding: 1 });
      expect([a.dtype, b.dtype]).toEqual(['f16', 'f16']);
      const sum = cast(add(a, b), 'f32');
      // So that gradients differ between elements.
      const loss = mean(multiply(sum, sum));
      const wrt = [x, ...kernels, bias].map((variable) => graph.read(variable));
      return { activation: cast(a, 'f32'), loss, found: gradients(loss, wrt) as Value[] };
    };
    engine.allocate(set, 3);
    const program = await engine.compile((graph) => {
      const { activation, loss, found } = build(graph);
      graph.output('activation', activation);
      for (const [i, value] of [loss, ...found].entries()) graph.output(`${i}`, value);
    });
    program.run();
    const graph = new Graph();
    const { activation, loss, found } = build(graph);
    const variables = new Map(
      await Promise.all(set.variables.map(async (variable) => [variable, await engine.read(variable)] as const)),
    );
    const lookup = interpret(graph, { variables });
    // If rounding changed the sign of an activation, ReLU would add or drop a term of a gradient; it does not here.
    const active = (elements: ArrayLike<number>) => Array.from(elements, (element) => element > 0);
    expect(active(await program.read('activation'))).toEqual(active(lookup(activation).data));
    for (const [i, value] of [loss, ...found].entries()) {
      const wanted = lookup(value).data;
      const got = await program.read(`${i}`);
      const largest = wanted.reduce((most, element) => Math.max(most, Math.abs(element)), 0);
      expect(largest).toBeGreaterThan(0);
      const errors = wanted.map((element, j) => Math.abs(got[j] - element) / largest);
      expect(Math.max(...errors), `output ${i}`).toBeLessThan(0.003);
    }
  });

  it('give sums in f32 where that is the requested type', async (context) => {
    needsF16(context);
    const ones = new Float32Array(4096).fill(1);
    const program = await engine.compile((graph) => {
      const a = cast(graph.feed('a', [1, 4096]), 'f16');
      const b = graph.constant(ones, [4096, 1]);
      graph.output('exact', matmul(a, b, { dtype: 'f32' }));
      graph.output('rounded', matmul(a, b));
    });
    program.run({ a: ones.map((_, i) => (i === 0 ? 2 : 1)) });
    // The spacing of f16 is 2 there.
    expect([...(await program.read('exact'))]).toEqual([4097]);
    expect([4096, 4098]).toContain((await program.read('rounded'))[0]);
  });

  it('are written to variables rounded and read back', async () => {
    const set = new VariableSet('half variables');
    const half = set.add('half', [2, 3], normal, { dtype: 'f16' });
    const full = set.add('full', [5], normal);
    engine.allocate(set, 1);
    engine.write(half, [1, -0.1, 65504, 1e-7, 3.0001, 0]);
    expect([...(await engine.read(half))]).toEqual([1, -0.0999755859375, 65504, 1.1920928955078125e-7, 3, 0]);
    expect((await engine.read(full)).every((value) => value !== 0)).toBe(true);
  });

  it('are rejected by operations without f16 support, with what to do', () => {
    const graph = new Graph();
    const x = cast(graph.feed('x', [2, 5, 5, 6]), 'f16');
    expect(() => softmax(x)).toThrow(DTypeError);
    expect(() => softmax(x)).toThrow("cast(x, 'f32') first");
    const grouped = graph.feed('w', [3, 3, 2, 6]);
    expect(() => conv2d(x, grouped, { groups: 3 })).toThrow("cast(x, 'f32') first");
    expect(() => add(x, graph.feed('y', [2, 5, 5, 6]))).toThrow('f32');
    const set = new VariableSet('optimised');
    set.add('half', [3], normal, { dtype: 'f16' });
    expect(() => graph.readSet(set)).toThrow('keep f32 variables and cast them');
    expect(() => cast(graph.feed('label', [3], 'u32'), 'f16')).toThrow('u32[3], wanted f32 or f16');
  });

  it('are rejected by devices without shader-f16, with what to do', async () => {
    const other = new Engine(engine.gpu, { target: { softwareLanes: 4 } });
    const compiled = other.compile((graph) => graph.output('y', cast(graph.feed('x', [4]), 'f16')));
    await expect(compiled).rejects.toThrow(DTypeError);
    await expect(compiled).rejects.toThrow('no shader-f16; build the graph with f32');
    other.dispose();
  });
});
