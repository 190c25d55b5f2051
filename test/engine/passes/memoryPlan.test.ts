import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../src/engine/autodiff/autodiff.js';
import { Graph, type Value } from '../../../src/engine/graph/graph.js';
import { interpret } from '../../../src/engine/graph/interpret.js';
import { logicalSize } from '../../../src/engine/graph/types.js';
import { lowerNodes } from '../../../src/engine/kernels/lowering.js';
import { concat } from '../../../src/engine/ops/copy/concat.js';
import { reshape } from '../../../src/engine/ops/copy/flatten.js';
import { slice } from '../../../src/engine/ops/copy/slice.js';
import { split } from '../../../src/engine/ops/copy/split.js';
import { add } from '../../../src/engine/ops/elementwise/add.js';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { crossEntropy } from '../../../src/engine/ops/loss/crossEntropy.js';
import { sum } from '../../../src/engine/ops/reduce/reduce.js';
import { Sgd } from '../../../src/engine/optim/sgd.js';
import { liveNodes } from '../../../src/engine/passes/deadCode.js';
import { locate, type Root } from '../../../src/engine/passes/locations.js';
import { planMemory } from '../../../src/engine/passes/memoryPlan.js';
import { Random } from '../../../src/engine/random/random.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { parseCell } from '../../../src/nas/spaces/nasbench201/cell.js';
import { cellNetwork } from '../../../src/nas/spaces/nasbench201/network.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

/** Dimensions before the channels: rows, or as many pixels of images of higher rank. */
const OUTERS: readonly number[][] = [[6], [1, 2, 1, 3]];
const ROWS = 6;

const CELL = '|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|';

/** One operation of a random graph: what, and which of the values so far. */
interface Step {
  readonly kind: 'relu' | 'add' | 'concat' | 'slice' | 'split' | 'reshape';
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('relu', 'add', 'concat', 'slice', 'split', 'reshape'),
  a: fc.nat(1000),
  b: fc.nat(1000),
  c: fc.nat(1000),
});

const plan = fc.record({
  outer: fc.constantFrom(...OUTERS),
  channels: fc.array(fc.constantFrom(3, 4, 8, 12), { minLength: 1, maxLength: 3 }),
  steps: fc.array(step, { minLength: 1, maxLength: 14 }),
  outputs: fc.array(fc.nat(1000), { minLength: 1, maxLength: 3 }),
});
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

/** Sizes that add up to a width; multiples of four as often as not. */
function partSizes(width: number, b: number, c: number): number[] {
  const step = b % 2 === 0 ? 4 : 1 + (c % 5);
  const sizes: number[] = [];
  for (let left = width; left > 0; left -= step) sizes.push(Math.min(step, left));
  return sizes.length > 3 ? [sizes[0], sizes[1], width - sizes[0] - sizes[1]] : sizes;
}

/** Builds the graph of a plan; shapes are made to fit. */
function build(graph: Graph, { outer, channels, steps, outputs }: Plan): Value[] {
  const feeds = channels.map((count, index) => graph.feed(`x${index}`, [...outer, count]));
  const constants = [0, 1].map((most) =>
    graph.constant(
      Array.from({ length: ROWS * 4 }, (_, i) => (i % 3) * most),
      [...outer, 4],
    ),
  );
  const values = [...feeds, ...constants];
  for (const { kind, a, b, c } of steps) {
    const x = values[a % values.length];
    const alike = values.filter((value) => String(value.shape) === String(x.shape));
    const y = alike[b % alike.length];
    const width = x.shape[x.shape.length - 1];
    const flat = x.shape.length === 2 && x.shape[0] === 1;
    if (kind === 'relu') values.push(relu(x));
    if (kind === 'add') values.push(add(x, y));
    if (kind === 'slice') {
      const start = width > 4 && b % 2 === 0 ? 4 : b % width;
      values.push(slice(x, start, 1 + (c % (width - start))));
    }
    if (kind === 'split') values.push(...split(x, partSizes(width, b, c)));
    const tall = values.filter((value) => String(value.shape.slice(0, -1)) === String(x.shape.slice(0, -1)));
    if (kind === 'concat' && width < 60) values.push(concat([x, tall[b % tall.length], tall[c % tall.length]]));
    if (kind === 'reshape' && !flat) values.push(reshape(x, [1, ROWS * width]));
    if (kind === 'reshape' && flat && width % ROWS === 0) values.push(reshape(x, [...outer, width / ROWS]));
  }
  const chosen = new Set(outputs.map((index) => values[values.length - 1 - (index % Math.min(values.length, 5))]));
  // A sum takes in the padding lanes, which must hold zeros in views too.
  const sums = [...chosen].map(sum);
  const flowing = gradients(add(...sums), feeds).filter((gradient) => gradient !== undefined);
  const results = [...new Set([...chosen, ...sums, ...flowing])];
  results.forEach((value, index) => {
    graph.output(`y${index}`, value);
  });
  return results;
}

describe('memory plan', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openTestEngine();
  });
  afterAll(() => closeTestEngine(engine));

  it('never assigns two values with overlapping lifetimes to one buffer', () => {
    fc.assert(
      fc.property(plan, (described) => {
        const graph = new Graph();
        build(graph, described);
        const nodes = liveNodes(graph);
        const locations = locate(graph, nodes);
        const { scratch } = lowerNodes(nodes, locations, engine.target);
        const { slotOf, slots, live } = planMemory(nodes, locations, scratch);
        expect(slots.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThanOrEqual(live);
        // Simulates the program: a buffer holds the root that was last written to it.
        const owner = new Map<number, Root>();
        const begun = new Set<Root>();
        const rootsOf = (values: readonly Value[]) =>
          values.map((value) => locations.of(value).root).filter((root) => root.kind === 'temporary');
        for (const node of nodes) {
          for (const root of rootsOf(node.inputs)) expect(owner.get(slotOf.get(root) as number)).toBe(root);
          for (const root of rootsOf(node.outputs)) {
            const slot = slotOf.get(root) as number;
            expect(slots[slot]).toBeGreaterThanOrEqual(root.elements * 4);
            if (begun.has(root)) expect(owner.get(slot)).toBe(root);
            begun.add(root);
            owner.set(slot, root);
          }
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('computes random graphs of views, concatenations and sums as the float64 interpreter does', async () => {
    await fc.assert(
      fc.asyncProperty(plan, fc.nat(1000), async (described, seed) => {
        const graph = new Graph();
        const random = new Random(seed, 'feeds');
        const values = build(graph, described);
        const feeds = Object.fromEntries(
          [...graph.feeds].map(([name, { type }]) => [
            name,
            // Small integers: sums of few of them are exact in float32.
            Float64Array.from({ length: logicalSize(type) }, () => random.integer(3) - 1),
          ]),
        );
        const lookup = interpret(graph, { feeds });
        const program = await engine.compile((traced) => {
          build(traced, described);
        });
        program.run(feeds);
        for (const [index, value] of values.entries())
          expect(Array.from(await program.read(`y${index}`), (element) => element + 0)).toEqual(
            Array.from(lookup(value).data, (element) => element + 0),
          );
        program.dispose();
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it('takes at most a tenth more than the peak in use in a training step', () => {
    const network = cellNetwork(parseCell(CELL), {
      channels: 16,
      cells: 3,
      classes: 10,
      size: 32,
      imageChannels: 3,
    });
    const graph = new Graph();
    const logits = network.forward(graph.feed('images', [16, 32, 32, 3]), 'train');
    new Sgd(network.weights, { learningRate: 0.1, momentum: 0.9 }).apply(
      crossEntropy(logits, graph.feed('labels', [16], 'u32')),
    );
    const nodes = liveNodes(graph);
    const locations = locate(graph, nodes);
    const { scratch } = lowerNodes(nodes, locations, { softwareLanes: 0 });
    const { slots, live } = planMemory(nodes, locations, scratch);
    const taken = slots.reduce((sum, bytes) => sum + bytes, 0);
    expect(taken).toBeGreaterThanOrEqual(live);
    expect(taken).toBeLessThanOrEqual(1.1 * live);
  });

  it('reuses the buffers of a chain: its memory does not grow with its length', () => {
    const bytes = (length: number) => {
      const graph = new Graph();
      let x = graph.feed('x', [64, 64]);
      for (let i = 0; i < length; i++) x = relu(add(x, graph.feed('x', [64, 64])));
      graph.output('y', x);
      const nodes = liveNodes(graph);
      return planMemory(nodes, locate(graph, nodes), []).slots.length;
    };
    expect(bytes(20)).toBe(bytes(5));
    expect(bytes(20)).toBe(2);
  });
});
