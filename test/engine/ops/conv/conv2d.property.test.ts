import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../../src/engine/autodiff/autodiff.js';
import { Graph } from '../../../../src/engine/graph/graph.js';
import { interpret } from '../../../../src/engine/graph/interpret.js';
import { logicalSize, valueType } from '../../../../src/engine/graph/types.js';
import { type Variable, VariableSet } from '../../../../src/engine/graph/variables.js';
import { conv2d } from '../../../../src/engine/ops/conv/conv2d.js';
import { convolutionWeightLayout } from '../../../../src/engine/ops/conv/conv2dGeometry.js';
import { multiply } from '../../../../src/engine/ops/elementwise/multiply.js';
import { tolerance } from '../../../../src/engine/ops/record/tolerance.js';
import { sum } from '../../../../src/engine/ops/reduce/reduce.js';
import { Random } from '../../../../src/engine/random/random.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../../support/device.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

interface Case {
  readonly images: number;
  readonly size: [number, number];
  readonly kernel: [number, number];
  readonly stride: [number, number];
  readonly dilation: [number, number];
  readonly padding: [number, number, number, number];
  readonly groups: number;
  readonly groupInputs: number;
  readonly groupOutputs: number;
  readonly bias: boolean;
  readonly seed: number;
}

const pair = (least: number, most: number) =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));

const channels = fc.oneof(
  { weight: 3, arbitrary: fc.record({ groups: fc.constant(1), groupInputs: fc.nat(8), groupOutputs: fc.nat(11) }) },
  // Depthwise, groups of vec4s, and groups that are neither.
  {
    weight: 1,
    arbitrary: fc.record({
      groups: fc.integer({ min: 2, max: 9 }),
      groupInputs: fc.constant(0),
      groupOutputs: fc.constant(0),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ groups: fc.constant(2), groupInputs: fc.constant(3), groupOutputs: fc.constant(7) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ groups: fc.integer({ min: 2, max: 3 }), groupInputs: fc.nat(2), groupOutputs: fc.nat(2) }),
  },
);

const cases: fc.Arbitrary<Case> = fc
  .tuple(
    channels,
    fc.record({
      images: fc.integer({ min: 1, max: 2 }),
      kernel: pair(1, 5),
      stride: pair(1, 3),
      dilation: pair(1, 2),
      padding: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
      extra: pair(0, 8),
      bias: fc.boolean(),
      seed: fc.nat(1000),
    }),
  )
  .map(([{ groups, groupInputs, groupOutputs }, { extra, ...rest }]) => ({
    ...rest,
    ...{ groups, groupInputs: groupInputs + 1, groupOutputs: groupOutputs + 1 },
    // At least as large as the kernel, less the padding.
    size: [0, 1].map((axis) => {
      const reach = (rest.kernel[axis] - 1) * rest.dilation[axis] + 1;
      return Math.max(1, reach - rest.padding[axis] - rest.padding[axis + 2]) + extra[axis];
    }) as [number, number],
  }));

describe('conv2d', () => {
  it('and its gradients agree with the float64 definition at any kernel, stride, padding, dilation and groups', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (c) => {
        expect(await differences(c)).toEqual([]);
      }),
      { numRuns: 40, seed: 20240607 },
    );
  });
});

/** Runs a case on the device and in float64. @returns one line per result that differs by more than rounding */
async function differences(c: Case): Promise<string[]> {
  const random = new Random(c.seed, 'conv2d property');
  const set = new VariableSet('case');
  const data = new Map<Variable, Float32Array>();
  const variable = (name: string, shape: number[], layout: 'rows' | 'matrix' = 'rows') => {
    const values = Float32Array.from({ length: logicalSize(valueType(shape)) }, () => random.normal());
    const added = set.add(name, shape, () => values, { layout });
    data.set(added, values);
    return added;
  };
  const inputs = c.groups * c.groupInputs;
  const outputs = c.groups * c.groupOutputs;
  const x = variable('x', [c.images, ...c.size, inputs]);
  const w = variable('w', [...c.kernel, c.groupInputs, outputs], convolutionWeightLayout(c.groups));
  const bias = variable('bias', [outputs]);
  const extent = (axis: 0 | 1) =>
    Math.floor(
      (c.size[axis] + c.padding[axis] + c.padding[axis + 2] - (c.kernel[axis] - 1) * c.dilation[axis] - 1) /
        c.stride[axis],
    ) + 1;
  const dy = variable('dy', [c.images, extent(0), extent(1), outputs]);
  const taps = c.kernel[0] * c.kernel[1];
  const pixels = c.images * extent(0) * extent(1);
  const sumLengths: Record<string, number> = {
    y: taps * c.groupInputs + 1,
    dx: taps * c.groupOutputs,
    dw: pixels,
    dbias: pixels,
  };
  const build = (g: Graph) => {
    const wrt = [x, w, ...(c.bias ? [bias] : [])].map((v) => g.read(v));
    const y = conv2d(wrt[0], wrt[1], { ...c, bias: wrt[2] });
    g.output('y', y);
    gradients(sum(multiply(y, g.read(dy))), wrt).forEach((gradient, i) => {
      if (gradient) g.output(['dx', 'dw', 'dbias'][i], gradient);
    });
  };
  engine.allocate(set);
  const program = await engine.compile(build);
  const graph = new Graph();
  build(graph);
  const exact = interpret(graph, { variables: data });
  try {
    program.run();
    const wrong: string[] = [];
    for (const [name, value] of graph.outputs) {
      const got = await program.read(name);
      const wanted = exact(value).data;
      const allowed = tolerance(sumLengths[name], wanted);
      const worst = wanted.reduce((most, element, i) => Math.max(most, Math.abs(element - got[i])), 0);
      if (!(worst <= allowed)) wrong.push(`${name} is off by ${worst}, allowed are ${allowed}`);
    }
    return wrong;
  } finally {
    program.dispose();
    engine.release(set);
  }
}
