import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  hardSwish,
  hardSwishGradientOperation,
  hardSwishOperation,
  hardSwishSource,
} from '../../../docs/examples/hardSwish.js';
import {
  AttributeError,
  type Attributes,
  defineShader,
  type Engine,
  gradients,
  type Operation,
  relu,
  sum,
} from '../../../src/engine/index.js';
import { shaderOf } from '../../../src/engine/kernels/shader.js';
import { type SavedTuning, saveTuning } from '../../../src/engine/tuner/saved.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';
import { evaluate } from '../support/evaluate.js';
import { problemsOf } from '../support/problemsOf.js';

/** The record with another kernel. */
const hardSwishBy = (kernel: string): Operation<Attributes> => ({
  ...hardSwishOperation,
  name: kernel,
  lower: (context) => hardSwishOperation.lower(context).map((call) => ({ ...call, kernel })),
});

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

describe('an operation with a shader of its own', () => {
  it('agrees with its float64 reference in both directions, within guard bands and without data races', async () => {
    expect(await problemsOf(engine, hardSwishOperation)).toEqual([]);
    expect(await problemsOf(engine, hardSwishGradientOperation)).toEqual([]);
  });

  it('is traced, compiled and differentiated with operations of the engine', async () => {
    const numbers = [-4, -3, -1.5, 0, 0.75, 2, 3, 5];
    const { y, dx } = await evaluate(engine, (graph) => {
      const x = graph.constant(numbers, [2, 4]);
      const result = hardSwish(x);
      const [gradient] = gradients(sum(relu(result)), [x]);
      if (!gradient) throw new Error('no gradient');
      return { y: result, dx: gradient };
    });
    // By hand: x (x + 3) / 6 within -3 and 3, whose derivative is (2 x + 3) / 6.
    const values = [0, 0, -0.375, 0, 0.46875, 5 / 3, 3, 5];
    // ReLU passes where y > 0; at 3 the derivative from the right.
    const slopes = [0, 0, 0, 0, 0.75, 7 / 6, 1, 1];
    y.forEach((value, i) => {
      expect(value).toBeCloseTo(values[i], 6);
    });
    dx.forEach((value, i) => {
      expect(value).toBeCloseTo(slopes[i], 6);
    });
  });

  it.each([
    ['computes something else', ['value / 6.0 + 0.5', 'value / 6.0 + 0.4'], /odd sizes: contiguous: output 0 element/],
    [
      'leaves padding lanes unequal to zero',
      ['var result = value * gate;', 'var result = value * gate + 1e-9;'],
      /padding lane/,
    ],
    ['writes beyond its rows', ['params.yStride + vector]', 'params.yStride + vector + 1u]'], /wrote outside/],
    [
      'lets two invocations write one element',
      ['let vector = index % params.vectors;', 'let vector = 0u;'],
      /test\/racing.* of y/,
    ],
  ])('is rejected by the same checks where its shader %s', async (title, [from, to], problem) => {
    expect(hardSwishSource).toContain(from);
    const name = title.startsWith('lets') ? 'test/racing' : `test/broken-${title.replaceAll(' ', '-')}`;
    const kernel = defineShader(name, hardSwishSource.replace(from, to));
    expect((await problemsOf(engine, hardSwishBy(kernel))).join('\n')).toMatch(problem);
  });
});

describe('defineShader', () => {
  it('makes bindings and uniforms known by name, and takes the same source again', () => {
    expect(defineShader('example/hardSwish', hardSwishSource)).toBe('example/hardSwish');
    const { bindings, uniforms } = shaderOf('example/hardSwish');
    expect(bindings.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'params uniform',
      'x read',
      'dy read',
      'y write',
    ]);
    expect(uniforms[0]).toEqual({ name: 'rows', type: 'u32' });
  });

  const without = (text: string, replacement = '') => hardSwishSource.replace(text, replacement);
  const many = Array.from(
    { length: 6 },
    (_, i) => `@group(0) @binding(${i + 4}) var<storage, read> z${i}: array<vec4f>;`,
  );
  it.each([
    ['a name of one part', 'hardSwish', hardSwishSource, /name is "hardSwish", wanted at least two parts/],
    ['an empty part', 'test/', hardSwishSource, /name is "test\/", wanted/],
    [
      'the name of a shader of the engine',
      'elementwise/relu',
      hardSwishSource,
      /"elementwise\/relu" belongs to a shader/,
    ],
    ['a name that has another source', 'example/hardSwish', `${hardSwishSource}\n`, /is defined with another source/],
    ['no entry point', 'test/wrong', without('fn main(', 'fn other('), /got no entry point, wanted "@compute/],
    [
      'a second group',
      'test/wrong',
      without('@group(0) @binding(2)', '@group(1) @binding(2)'),
      /got 4 bindings of which 3/,
    ],
    [
      'a number twice',
      'test/wrong',
      without('@binding(2)', '@binding(1)'),
      /got bindings 0, 1, 1, 3, wanted each number once/,
    ],
    ['no output', 'test/wrong', without('read_write', 'read'), /no read_write storage variable/],
    [
      'nine storage buffers',
      'test/wrong',
      many.join('\n') + hardSwishSource,
      /got 9 storage buffers, wanted at most 8/,
    ],
    [
      'a vector as a uniform',
      'test/wrong',
      without('xStride: u32', 'xStride: vec2u'),
      /got 8 fields of Params of which 7/,
    ],
    ['an aligned uniform', 'test/wrong', without('xStride: u32', '@align(16) xStride: u32'), /and no attribute/],
    [
      'no Params',
      'test/wrong',
      without('struct Params', 'struct Other'),
      /got 1 uniform variables and 0 fields of Params/,
    ],
  ])('rejects %s', (_, name, source, message) => {
    expect(() => defineShader(name, source)).toThrow(AttributeError);
    expect(() => defineShader(name, source)).toThrow(message);
  });

  it('leaves saved tunings of the engine as they are', async () => {
    const identity = async () => {
      let saved: SavedTuning | undefined;
      await saveTuning(
        engine.gpu,
        {
          read: async () => undefined,
          write: async (_, tuning) => {
            saved = tuning;
          },
          remove: async () => {},
        },
        [],
      );
      return saved?.kernels;
    };
    const before = await identity();
    defineShader('test/another', hardSwishSource);
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(await identity()).toBe(before);
  });
});
