import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/engine/random/random.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { hammingDistances } from '../../../src/nas/scores/activationCodes.js';
import { countRegions, distinctCodes, linearRegions } from '../../../src/nas/scores/linearRegions.js';
import { logDeterminant, naswot } from '../../../src/nas/scores/naswot.js';
import type { ScoreContext } from '../../../src/nas/scores/score.js';
import { zen, zenOf } from '../../../src/nas/scores/zen.js';
import { spaceByName } from '../../../src/nas/spaces/spaces.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { images, labels, settings, wave, waveSpace } from './golden/formulas.js';

interface Golden {
  readonly architecture: string;
  readonly naswot: number;
  readonly zen: number;
  readonly linearRegions: number;
}

const golden: Golden[] = JSON.parse(readFileSync(new URL('./golden/activations.json', import.meta.url), 'utf8'));
const nothing = '|none~0|+|none~0|none~1|+|none~0|none~1|none~2|';

let engine: Engine;
let context: ScoreContext;
beforeAll(async () => {
  engine = await openTestEngine();
  context = { engine, space: waveSpace, settings, images, labels, batch: labels.length, seed: 0 };
});
afterAll(() => closeTestEngine(engine));

/** Numbers of unit variance by name, as in make_activations.py. */
function unitWave(name: string, length: number): Float32Array {
  return Float32Array.from(wave(name, [], length), (value) => (Math.SQRT2 * value) / 0.1);
}

/** [1000, 4, 4, 3], as in make_activations.py. */
const regionInputs = Float32Array.from({ length: 1000 * 48 }, (_, i) => {
  const [n, y, x, c] = [Math.floor(i / 48), Math.floor(i / 12) % 4, Math.floor(i / 3) % 4, i % 3];
  return Math.sin(1.3 * n) + 0.3 * Math.sin(0.017 * n * n + y) + 0.3 * Math.sin(0.023 * n * n + 1.7 * x + c);
});

describe.each(golden)('scores by activations of $architecture', ({ architecture, ...expected }) => {
  it('agree with PyTorch: NASWOT, computed of integers and so to float64', async () => {
    expect(await naswot.evaluate(context, waveSpace.parse(architecture))).toBeCloseTo(expected.naswot, 9);
  });

  it('agree with PyTorch: Zen, to the f32 precision of a small difference of features', async () => {
    expect(await zenOf(context, waveSpace.parse(architecture), unitWave)).toBeCloseTo(expected.zen, 3);
  });

  it('agree with PyTorch: linear regions, exactly', async () => {
    expect(await countRegions(context, waveSpace.parse(architecture), regionInputs)).toBe(expected.linearRegions);
  });
});

describe('scores by activations', () => {
  it('do not depend on the order of the images: NASWOT', async () => {
    const architecture = waveSpace.parse(golden[0].architecture);
    const pixels = images.length / labels.length;
    const order = [2, 0, 3, 1];
    const moved = new Float32Array(images.length);
    order.forEach((from, to) => {
      moved.set(images.subarray(from * pixels, (from + 1) * pixels), to * pixels);
    });
    const score = await naswot.evaluate({ ...context, images: moved }, architecture);
    expect(score).toBeCloseTo(await naswot.evaluate(context, architecture), 9);
  });

  it('are NaN if nothing distinguishes the images', async () => {
    expect(await naswot.evaluate(context, waveSpace.parse(nothing))).toBeNaN();
    expect(await zen.evaluate(context, waveSpace.parse(nothing))).toBeNaN();
  });

  it('are one linear region if no unit is ever active', async () => {
    expect(await linearRegions.evaluate(context, waveSpace.parse(nothing))).toBe(1);
  });

  it('are reproducible by seed, and differ between seeds', async () => {
    // Images so large that there are many more patches than patterns.
    const larger = { ...context, space: spaceByName('nasbench201'), settings: { ...settings, size: 16 } };
    const random = new Random(0, 'images');
    larger.images = Float32Array.from({ length: labels.length * 16 * 16 * 3 }, () => random.normal());
    for (const score of [zen, linearRegions]) {
      const of = (seed: number) => score.evaluate({ ...larger, seed }, larger.space.parse(golden[3].architecture));
      const first = await of(1);
      expect(await of(1)).toBe(first);
      expect(await of(2)).not.toBe(first);
    }
  });
});

describe('activation codes', () => {
  const random = new Random(0, 'codes');
  const codes = Array.from({ length: 40 }, () => Array.from({ length: 5 }, () => random.integer(2)));
  const products = Float32Array.from(
    codes.flatMap((a) => codes.map((b) => a.reduce((sum, bit, unit) => sum + bit * b[unit], 0))),
  );
  const distances = hammingDistances(products, codes.length);

  it('differ in as many units as their inner products state', () => {
    const counted = codes.flatMap((a) => codes.map((b) => a.filter((bit, unit) => bit !== b[unit]).length));
    expect(Array.from(distances)).toEqual(counted);
  });

  it('are counted once each', () => {
    expect(distinctCodes(distances, codes.length)).toBe(new Set(codes.map(String)).size);
  });
});

describe('the log of a determinant', () => {
  it('is that of the matrix', () => {
    // det [[4, 2, 1], [2, 5, 3], [1, 3, 6]] = 67 (by cofactors).
    expect(logDeterminant(Float64Array.of(4, 2, 1, 2, 5, 3, 1, 3, 6), 3)).toBeCloseTo(Math.log(67), 12);
  });

  it('stays finite if the determinant itself does not', () => {
    const size = 200;
    const diagonal = Float64Array.from({ length: size ** 2 }, (_, i) => (i % (size + 1) === 0 ? 1e6 : 0));
    expect(logDeterminant(diagonal, size)).toBeCloseTo(size * Math.log(1e6), 6);
  });

  it('is NaN for a singular matrix', () => {
    expect(logDeterminant(Float64Array.of(3, 3, 1, 3, 3, 1, 1, 1, 7), 3)).toBeNaN();
  });
});
