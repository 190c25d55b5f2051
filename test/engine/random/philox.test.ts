import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shaderSources } from '../../../src/engine/kernels/shaderSources.js';
import { randomNormal, randomUniform, randomWords } from '../../../src/engine/ops/random/random.js';
import { philox4x32, purposeKey, unitInterval } from '../../../src/engine/random/philox.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const ONES = 0xffffffff;

describe('Philox4x32-10', () => {
  // The known answers of Random123, file kat_vectors: all zeros, all ones, the digits of pi.
  it.each([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[ONES, ONES, ONES, ONES], [ONES, ONES], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ] as const)('gives the known words of counter %j and key %j', (counter, key, words) => {
    expect(philox4x32(counter, key).map(hex).join(' ')).toBe(words);
  });

  it('is the same text in every shader that generates random numbers', () => {
    const functions = Object.values(shaderSources)
      .map((source) => /fn multiplyHigh.*?\n}\n\nfn philox.*?\n}\n/s.exec(source)?.[0])
      .filter((text) => text !== undefined);
    expect(functions).toHaveLength(3);
    expect(new Set(functions).size).toBe(1);
  });

  it('gives the same words on the device as on the host', async () => {
    const attributes = { shape: [5, 7], seed: 0xdeadbeef, purpose: 'test' };
    const program = await engine.compile((graph) => {
      graph.output('words', randomWords(graph.feed('step', [], 'u32'), attributes));
    });
    for (const step of [0, 1, ONES]) {
      program.run({ step });
      const wanted: number[] = [];
      for (let row = 0; row < 5; row++)
        for (const vector of [2 * row, 2 * row + 1])
          wanted.push(
            ...philox4x32([vector, step, 0, 0], [0xdeadbeef, purposeKey('test')]).slice(0, vector % 2 ? 3 : 4),
          );
      expect(Array.from(await program.read('words'))).toEqual(wanted);
    }
    program.dispose();
  });
});

describe('random values on the device', () => {
  const shape = [64, 256];
  const count = 64 * 256;

  async function draw(which: typeof randomUniform, purpose: string, step: number): Promise<Float32Array> {
    const program = await engine.compile((graph) => {
      graph.output('y', which(graph.feed('step', [], 'u32'), { shape, seed: 1, purpose }));
    });
    program.run({ step });
    const values = Float32Array.from(await program.read('y'));
    program.dispose();
    return values;
  }
  const average = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0) / count;

  it('are uniform, bit for bit the host', async () => {
    const values = await draw(randomUniform, 'uniform', 3);
    const key = [1, purposeKey('uniform')] as const;
    for (const i of [0, 5, 4095, count - 1])
      expect(values[i]).toBe(unitInterval(philox4x32([Math.floor(i / 4), 3, 0, 0], key)[i % 4]));
    // Deviations of six standard errors happen once in 500 million.
    expect(Math.abs(average(values) - 0.5)).toBeLessThan(6 * Math.sqrt(1 / 12 / count));
    expect(Math.max(...values)).toBeLessThan(1);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  });

  it('are normal: mean 0, variance 1, kurtosis 3', async () => {
    const values = await draw(randomNormal, 'normal', 3);
    const moment = (power: number) => average(values.map((value) => value ** power));
    expect(Math.abs(moment(1))).toBeLessThan(6 * Math.sqrt(1 / count));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(6 * Math.sqrt(2 / count));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(6 * Math.sqrt(96 / count));
  });

  it('of another step or purpose are unrelated', async () => {
    const [a, b, c] = [
      await draw(randomNormal, 'one', 1),
      await draw(randomNormal, 'one', 2),
      await draw(randomNormal, 'two', 1),
    ];
    for (const other of [b, c])
      expect(Math.abs(average(a.map((value, i) => value * other[i])))).toBeLessThan(6 / Math.sqrt(count));
  });
});

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
