import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttributeError, DTypeError, ShapeError } from '../../../../src/engine/errors/errors.js';
import { Graph } from '../../../../src/engine/graph/graph.js';
import { VariableSet } from '../../../../src/engine/graph/variables.js';
import { type Augmentation, gatherImages } from '../../../../src/engine/ops/data/gatherImages.js';
import { gatherLabels } from '../../../../src/engine/ops/data/gatherLabels.js';
import { NO_SAMPLE } from '../../../../src/engine/ops/data/noSample.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../../support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const EDGE = 8;
const IMAGES = 3;
/** Byte 1 + index of the pixel: all pixels of an image differ and none is zero. */
const pixels = Uint8Array.from({ length: IMAGES * EDGE * EDGE }, (_, i) => 1 + (i % (EDGE * EDGE)));

/** Bytes of a batch gathered `steps` times: [step][position][pixel]; mean 0 and deviation 1/255 leave bytes unchanged. */
async function gather(indices: readonly number[], augmentation: Augmentation, steps = 1): Promise<number[][][]> {
  const set = new VariableSet('images');
  const words = set.add('pixels', [pixels.length / 4], () => new Uint32Array(pixels.buffer), { dtype: 'u32' });
  engine.allocate(set);
  const program = await engine.compile((graph) => {
    const [mean, deviation] = [graph.constant([0], [1]), graph.constant([1 / 255], [1])];
    const feed = graph.feed('indices', [indices.length], 'u32');
    const shape = { height: EDGE, width: EDGE, channels: 1, seed: 5, purpose: 'test', ...augmentation };
    graph.output('x', gatherImages(graph.read(words), feed, mean, deviation, shape, graph.feed('step', [], 'u32')));
  });
  const result: number[][][] = [];
  for (let step = 0; step < steps; step++) {
    program.run({ indices, step });
    const bytes = Array.from(await program.read('x'), Math.round);
    result.push(indices.map((_, place) => bytes.slice(place * EDGE * EDGE, (place + 1) * EDGE * EDGE)));
  }
  program.dispose();
  engine.release(set);
  return result;
}

const none = { pad: 0, flip: false, cutout: 0 };
const plain = Array.from({ length: EDGE * EDGE }, (_, i) => i + 1);
const mirrored = plain.map((_, i) => plain[i - (i % EDGE) + (EDGE - 1 - (i % EDGE))]);

describe('gathering images', () => {
  it('without augmentation returns them unchanged, and zeros for empty positions', async () => {
    const [[first, missing, beyond, last]] = await gather([0, NO_SAMPLE, IMAGES, IMAGES - 1], none);
    expect(first).toEqual(plain);
    expect(last).toEqual(plain);
    expect(missing).toEqual(plain.map(() => 0));
    expect(beyond).toEqual(missing);
  });

  it('flips half of them horizontally', async () => {
    const steps = await gather(Array(32).fill(1), { ...none, flip: true }, 4);
    const images = steps.flat();
    for (const image of images) expect([String(plain), String(mirrored)]).toContain(String(image));
    const flipped = images.filter((image) => String(image) === String(mirrored)).length;
    // 128 coin tosses: six standard deviations are 34.
    expect(Math.abs(flipped - 64)).toBeLessThan(34);
    expect(String(steps[0])).not.toBe(String(steps[1]));
  });

  it('crops at all offsets of the image padded with zero bytes', async () => {
    const seen = new Set<string>();
    for (const image of (await gather(Array(64).fill(2), { ...none, pad: 2 }, 4)).flat()) {
      const middle = image[3 * EDGE + 3] - 1;
      const shift = [Math.floor(middle / EDGE) - 3, (middle % EDGE) - 3];
      seen.add(String(shift));
      image.forEach((byte, i) => {
        const [row, column] = [Math.floor(i / EDGE) + shift[0], (i % EDGE) + shift[1]];
        const inside = row >= 0 && row < EDGE && column >= 0 && column < EDGE;
        expect(byte).toBe(inside ? 1 + row * EDGE + column : 0);
      });
    }
    expect(seen.size).toBe(25);
  });

  it('normalises padding like a zero byte, but cuts out zeros', async () => {
    const graph = async (augmentation: Augmentation) => {
      const set = new VariableSet('images');
      const words = set.add('pixels', [1], () => [0xffffffff], { dtype: 'u32' });
      engine.allocate(set);
      const program = await engine.compile((g) => {
        const feed = g.feed('indices', [16], 'u32');
        const shape = { height: 2, width: 2, channels: 1, ...augmentation };
        const [mean, deviation] = [g.constant([0.5], [1]), g.constant([0.25], [1])];
        g.output('x', gatherImages(g.read(words), feed, mean, deviation, shape, g.feed('step', [], 'u32')));
      });
      program.run({ indices: new Uint32Array(16), step: 0 });
      const values = new Set(await program.read('x'));
      program.dispose();
      engine.release(set);
      return [...values].sort();
    };
    expect(await graph({ ...none, pad: 2 })).toEqual([-2, 2]);
    expect(await graph({ ...none, cutout: 2 })).toEqual([0, 2]);
  });

  it('cuts out a square of the given edge, smaller only at borders', async () => {
    const areas = new Set<number>();
    for (const image of (await gather(Array(64).fill(0), { ...none, cutout: 4 }, 8)).flat()) {
      const rows = new Set<number>();
      const columns = new Set<number>();
      image.forEach((byte, i) => {
        if (byte !== 0) return;
        rows.add(Math.floor(i / EDGE));
        columns.add(i % EDGE);
      });
      const area = image.filter((byte) => byte === 0).length;
      expect(area).toBe(rows.size * columns.size);
      expect(Math.max(rows.size, columns.size)).toBeLessThanOrEqual(4);
      areas.add(area);
    }
    // Near the border half or three quarters of an edge remain: 2, 3 or 4 rows by as many columns.
    expect([...areas].sort((a, b) => a - b)).toEqual([4, 6, 8, 9, 12, 16]);
  });

  it('draws by position and step only: a larger batch begins with the same images', async () => {
    const augmentation = { pad: 2, flip: true, cutout: 2 };
    const [[small], [large]] = [await gather([0, 1, 2], augmentation), await gather([0, 1, 2, 0, 1], augmentation)];
    expect(large.slice(0, 3)).toEqual(small);
  });
});

describe('gathering labels', () => {
  it('keeps "no sample"', async () => {
    const set = new VariableSet('labels');
    const labels = set.add('labels', [3], () => [7, 8, 9], { dtype: 'u32' });
    engine.allocate(set);
    const program = await engine.compile((graph) => {
      graph.output('y', gatherLabels(graph.read(labels), graph.feed('indices', [5], 'u32')));
    });
    program.run({ indices: [2, 0, NO_SAMPLE, 3, 1] });
    expect(Array.from(await program.read('y'))).toEqual([9, 7, NO_SAMPLE, NO_SAMPLE, 8]);
    program.dispose();
    engine.release(set);
  });
});

describe('wrong arguments of gatherImages', () => {
  const shape = { height: 8, width: 8, channels: 3 };
  const build = (change: { words?: number; dtype?: 'f32'; mean?: number; pad?: number; flip?: boolean }) => () => {
    const graph = new Graph();
    const words = graph.feed('words', [change.words ?? 48], change.dtype ?? 'u32');
    const mean = graph.feed('mean', [change.mean ?? 3]);
    const augmentation = { pad: change.pad ?? 0, flip: change.flip ?? false };
    return gatherImages(words, graph.feed('indices', [2], 'u32'), mean, graph.feed('deviation', [3]), {
      ...shape,
      ...augmentation,
    });
  };

  it('are rejected with got and wanted', () => {
    expect(build({})).not.toThrow();
    expect(build({ words: 47 })).toThrow(ShapeError);
    expect(build({ words: 47 })).toThrow(/words holds 188 bytes, wanted at least one image of 8 x 8 x 3/);
    expect(build({ dtype: 'f32' })).toThrow(DTypeError);
    expect(build({ mean: 1 })).toThrow(/mean is f32\[1\], wanted f32\[3\]/);
    expect(build({ pad: -1 })).toThrow(AttributeError);
    expect(build({ flip: true })).toThrow(/got no step, wanted a u32 scalar/);
  });
});
