import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../src/engine/autodiff/autodiff.js';
import { VariableSet } from '../../../src/engine/graph/variables.js';
import { Lstm } from '../../../src/engine/nn/lstm.js';
import { add } from '../../../src/engine/ops/elementwise/add.js';
import { multiply } from '../../../src/engine/ops/elementwise/multiply.js';
import { sum } from '../../../src/engine/ops/reduce/reduce.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import golden from '../../golden/lstm.json' with { type: 'json' };
import { closeTestEngine, openTestEngine } from '../support/device.js';
import { evaluate } from '../support/evaluate.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const [STEPS, BATCH, INPUTS, HIDDEN] = [5, 3, 5, 8];

/** Written by make_lstm.py. */
function sines(length: number, rate: number): number[] {
  return Array.from({ length }, (_, i) => Math.sin(rate * (1 + i)));
}

describe('Lstm', () => {
  it('computes the outputs and gradients of PyTorch over five steps', async () => {
    const set = new VariableSet('weights');
    const layer = new Lstm(set, 'lstm', { inputs: INPUTS, hidden: HIDDEN });
    engine.allocate(set);
    const weights = sines((INPUTS + HIDDEN) * 4 * HIDDEN, 1.3);
    engine.write(
      layer.weight,
      weights.map((value) => 0.8 * value),
    );
    engine.write(layer.bias, sines(4 * HIDDEN, 0.4));
    const numbers = sines(STEPS * BATCH * INPUTS, 0.7);
    const coefficients = sines(STEPS * BATCH * HIDDEN, 2.1);
    const part = (data: number[], index: number) =>
      data.slice((index * data.length) / STEPS, ((index + 1) * data.length) / STEPS);

    const got = await evaluate(engine, (graph) => {
      let state = layer.start(graph, BATCH);
      const inputs = Array.from({ length: STEPS }, (_, i) => graph.constant(part(numbers, i), [BATCH, INPUTS]));
      const outputs = inputs.map((x) => {
        state = layer.forward(x, state);
        return state.hidden;
      });
      const weighted = outputs.map((output, i) =>
        sum(multiply(output, graph.constant(part(coefficients, i), [BATCH, HIDDEN]))),
      );
      const loss = add(...weighted, sum(state.cell));
      const wrt = [...inputs, graph.read(layer.weight), graph.read(layer.bias)];
      const slopes = gradients(loss, wrt);
      return Object.fromEntries(
        [...outputs, state.cell, ...slopes].map((value, i) => {
          if (!value) throw new Error(`no gradient for ${i}`);
          return [String(i), value];
        }),
      );
    });

    const values = Object.keys(got)
      .map(Number)
      .sort((a, b) => a - b)
      .map((name) => got[name]);
    const wanted = [golden.outputs, golden.cell, golden.x, golden.weight, golden.bias].flat();
    const flat = values.flat();
    expect(flat).toHaveLength(wanted.length);
    wanted.forEach((value, i) => {
      expect(Math.abs(flat[i] - value)).toBeLessThan(1e-5);
    });
  });

  it('starts with weights in +-1 / sqrt(hidden), and a bias as wide as two of them', async () => {
    const set = new VariableSet('weights');
    const layer = new Lstm(set, 'lstm', { inputs: 8, hidden: 16 });
    engine.allocate(set, 3);
    const weight = await engine.read(layer.weight);
    const bias = await engine.read(layer.bias);
    const largest = (data: ArrayLike<number>) => Math.max(...Array.from(data, Math.abs));
    expect(largest(weight)).toBeLessThanOrEqual(0.25);
    expect(largest(weight)).toBeGreaterThan(0.24);
    expect(largest(bias)).toBeLessThanOrEqual(0.5);
    expect(largest(bias)).toBeGreaterThan(0.25);
  });

  it('names invalid arguments', async () => {
    const set = new VariableSet('weights');
    const layer = new Lstm(set, 'lstm', { inputs: 5, hidden: 8 });
    await expect(
      engine.compile((graph) => {
        layer.forward(graph.feed('x', [2, 4]), layer.start(graph, 2));
      }),
    ).rejects.toThrow(/Lstm: x is f32\[2, 4\], wanted f32\[batch, 5\]/);
    expect(() => new Lstm(set, 'other', { inputs: 5, hidden: 6 })).toThrow(/hidden is 6, wanted a multiple of four/);
  });
});
