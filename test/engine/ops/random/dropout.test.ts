import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../../src/engine/autodiff/autodiff.js';
import type { Value } from '../../../../src/engine/graph/graph.js';
import { VariableSet, zeros } from '../../../../src/engine/graph/variables.js';
import { dropout, dropPath } from '../../../../src/engine/ops/random/dropout.js';
import { sum } from '../../../../src/engine/ops/reduce/reduce.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../../support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const SHAPE = [32, 4, 4, 6];
const SIZE = 32 * 96;
const ones = new Float32Array(SIZE).fill(1);

/** Runs a drop operation on ones at several (rate, step), output and gradient of the sum. */
async function drop(
  operation: typeof dropout,
  cases: readonly { rate: number; step: number }[],
  purpose = 'test',
): Promise<{ y: number[]; dx: number[] }[]> {
  const variable = new VariableSet('x').add('x', SHAPE, zeros);
  engine.allocate(variable.set);
  engine.write(variable, ones);
  const program = await engine.compile((graph) => {
    const x = graph.read(variable);
    const y = operation(x, graph.feed('rate'), graph.feed('step', [], 'u32'), { seed: 1, purpose });
    graph.output('y', y);
    graph.output('dx', gradients(sum(y), [x])[0] as Value);
  });
  const results: { y: number[]; dx: number[] }[] = [];
  for (const feeds of cases) {
    program.run(feeds);
    results.push({ y: Array.from(await program.read('y')), dx: Array.from(await program.read('dx')) });
  }
  program.dispose();
  engine.release(variable.set);
  return results;
}

describe.each([
  ['dropout', dropout, SIZE],
  ['dropPath', dropPath, 32],
] as const)('%s', (_, operation, draws) => {
  it('drops about the given rate and scales the rest, in the gradient with the same mask', async () => {
    const [{ y, dx }] = await drop(operation, [{ rate: 0.25, step: 4 }]);
    for (const value of y) expect([0, Math.fround(1 / 0.75)]).toContain(value);
    const dropped = (y.filter((value) => value === 0).length / SIZE) * draws;
    expect(Math.abs(dropped - draws / 4)).toBeLessThan(6 * Math.sqrt((draws * 3) / 16));
    expect(dx).toEqual(y);
  });

  it('draws other masks for other steps and purposes, and equal ones for equal keys', async () => {
    const [first, second, again] = await drop(operation, [
      { rate: 0.5, step: 0 },
      { rate: 0.5, step: 1 },
      { rate: 0.5, step: 0 },
    ]);
    expect(first.y).not.toEqual(second.y);
    expect(first.y).toEqual(again.y);
    const [other] = await drop(operation, [{ rate: 0.5, step: 0 }], 'another place');
    expect(other.y).not.toEqual(first.y);
  });

  it('drops nothing at rate 0 and everything at rate 1', async () => {
    const [nothing, everything] = await drop(operation, [
      { rate: 0, step: 0 },
      { rate: 1, step: 0 },
    ]);
    expect(nothing.y).toEqual(Array.from(ones));
    expect(everything.y).toEqual(Array(SIZE).fill(0));
  });
});

describe('dropPath', () => {
  it('drops samples whole', async () => {
    const [{ y }] = await drop(dropPath, [{ rate: 0.5, step: 2 }]);
    for (let sample = 0; sample < 32; sample++) {
      const values = new Set(y.slice(sample * 96, (sample + 1) * 96));
      expect(values.size).toBe(1);
    }
  });
});
