import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backpropagate } from '../../../../src/engine/autodiff/autodiff.js';
import { AttributeError, ShapeError } from '../../../../src/engine/errors/errors.js';
import { Graph, type Value } from '../../../../src/engine/graph/graph.js';
import { interpret } from '../../../../src/engine/graph/interpret.js';
import { logicalSize } from '../../../../src/engine/graph/types.js';
import { VariableSet, zeros } from '../../../../src/engine/graph/variables.js';
import { slice } from '../../../../src/engine/ops/copy/slice.js';
import { weightedSum } from '../../../../src/engine/ops/elementwise/weightedSum.js';
import { type MixedEdge, type MixedSource, mixedEdges } from '../../../../src/engine/ops/mixed/mixedEdges.js';
import { batchNorm } from '../../../../src/engine/ops/norm/batchNorm.js';
import { liveNodes } from '../../../../src/engine/passes/deadCode.js';
import { Random } from '../../../../src/engine/random/random.js';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../../support/device.js';

const SHAPE = [3, 4, 5, 8];
const CHANNELS = 8;
const COLUMNS = 5;

interface Mix {
  readonly slots: number;
  readonly normalised: number;
  /** Slots of each edge; candidate j of edge e is multiplied by element e * 5 + j + 1 of the weights, the skip by e * 5. */
  readonly edges: readonly (readonly number[])[];
  readonly skip: boolean;
  readonly affine: boolean;
  /** 1e-3 where absent. */
  readonly epsilon?: number;
}

/** Slot 2 is a pool that two edges share; the last two candidates are not normalised. */
const MIXED: Mix = { slots: 6, normalised: 4, edges: [[0, 2, 4], [1, 2, 5, 4], [3]], skip: true, affine: false };

type Feeds = Readonly<Record<string, Float32Array>>;

function edgesOf({ edges, skip }: Mix): MixedEdge[] {
  return edges.map((slots, e) => ({
    candidates: slots.map((slot, j) => ({ slot, weight: e * COLUMNS + j + 1 })),
    skip: skip ? e * COLUMNS : undefined,
  }));
}

/** A source with all values as feeds, and the weights. */
function feedMix(graph: Graph, { slots, normalised, edges, skip, affine, epsilon = 1e-3 }: Mix) {
  const channels = [normalised * CHANNELS];
  const source: MixedSource = {
    stack: graph.feed('stack', [...SHAPE.slice(0, -1), slots * CHANNELS]),
    slots,
    normalised,
    epsilon,
    ...(skip && { skip: graph.feed('skip', SHAPE) }),
    ...(affine && { affine: { gamma: graph.feed('gamma', channels), beta: graph.feed('beta', channels) } }),
  };
  return { source, weights: graph.feed('weights', [edges.length, COLUMNS]) };
}

/** The same computed with single operations. */
function composed(
  { stack, slots, normalised, skip, affine, epsilon }: MixedSource,
  edges: readonly MixedEdge[],
  weights: Value,
) {
  const candidates = Array.from({ length: slots }, (_, slot) => {
    const part = (value: Value) => slice(value, slot * CHANNELS, CHANNELS);
    if (slot >= normalised) return part(stack);
    const own = affine && { gamma: part(affine.gamma), beta: part(affine.beta) };
    return batchNorm(part(stack), { mode: 'training', ...own, epsilon });
  });
  return edges.map((edge) =>
    weightedSum([...edge.candidates.map(({ slot }) => candidates[slot]), ...(skip ? [skip] : [])], weights, [
      ...edge.candidates.map(({ weight }) => weight),
      ...(edge.skip === undefined ? [] : [edge.skip]),
    ]),
  );
}

/** Outputs and all gradients of mixed edges, by name; only edges in `flowing` receive a gradient. */
function traceMix(graph: Graph, mix: Mix, build: typeof composed, flowing = mix.edges.map((_, e) => e)) {
  const { source, weights } = feedMix(graph, mix);
  const ys = build(source, edgesOf(mix), weights);
  const { stack, skip, affine } = source;
  const sources = { stack, weights, ...(skip && { skip }), ...affine };
  const seeds = flowing.map((e) => ({ value: ys[e], gradient: graph.feed(`dy${e}`, SHAPE) }));
  const found = backpropagate(seeds, Object.values(sources));
  const named: [string, Value][] = ys.map((y, e) => [`y${e}`, y]);
  Object.keys(sources).forEach((name, i) => {
    named.push([`d${name}`, found[i] as Value]);
  });
  return new Map(named);
}

/** Random elements for every feed. */
function drawFeeds(graph: Graph, seed = 9): Feeds {
  const feeds: Record<string, Float32Array> = {};
  for (const [name, value] of graph.feeds) {
    const random = new Random(seed, name);
    feeds[name] = Float32Array.from({ length: logicalSize(value.type) }, () => random.normal());
  }
  return feeds;
}

function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number, what: string): void {
  expect(got, what).toHaveLength(wanted.length);
  const scale = Math.max(...Array.from(wanted, Math.abs), 1e-3);
  for (let i = 0; i < wanted.length; i++)
    expect(Math.abs(got[i] - wanted[i]), `${what} ${i}`).toBeLessThan(tolerance * scale);
}

/** Results of the single operations in float64. */
function wantedOf(mix: Mix, flowing?: readonly number[]): { feeds: Feeds; wanted: Map<string, ArrayLike<number>> } {
  const graph = new Graph();
  const values = traceMix(graph, mix, composed, flowing && [...flowing]);
  const feeds = drawFeeds(graph);
  const lookup = interpret(graph, { feeds });
  return { feeds, wanted: new Map([...values].map(([name, value]) => [name, lookup(value).data])) };
}

const mixes: readonly { name: string; mix: Mix }[] = [
  { name: 'of every kind', mix: MIXED },
  { name: 'with gammas and betas', mix: { ...MIXED, affine: true } },
  { name: 'normalised only', mix: { ...MIXED, slots: 4, edges: [[0, 2], [1, 2], [3]], skip: false, affine: true } },
  { name: 'as they are', mix: { ...MIXED, normalised: 0 } },
  { name: 'to one node', mix: { ...MIXED, edges: [[5, 1, 0, 3]] } },
  { name: 'to four nodes', mix: { ...MIXED, edges: [[0, 2], [1], [2, 3, 5, 4], [4]] } },
];

describe('mixed edges', () => {
  it.each(mixes)('are weighted sums of batch norms, and have their gradients, in float64: $name', ({ mix }) => {
    const graph = new Graph();
    const values = traceMix(graph, mix, mixedEdges as typeof composed);
    const { feeds, wanted } = wantedOf(mix);
    const lookup = interpret(graph, { feeds });
    expect([...values.keys()]).toEqual([...wanted.keys()]);
    for (const [name, value] of values) {
      const tolerance = name.startsWith('y') ? 1e-12 : 1e-10;
      expectClose(lookup(value).data, wanted.get(name) as ArrayLike<number>, tolerance, name);
    }
  });

  /** Number of times that each operation runs for the gradients of some sources. */
  function gradientNodes(pick: (mix: ReturnType<typeof feedMix>) => readonly Value[]): Record<string, number> {
    const graph = new Graph();
    const mix = { ...MIXED, affine: true };
    const made = feedMix(graph, mix);
    const ys = mixedEdges(made.source, edgesOf(mix), made.weights);
    const forward = new Set(graph.nodes);
    const seeds = ys.map((value, e) => ({ value, gradient: graph.feed(`dy${e}`, SHAPE) }));
    backpropagate(seeds, pick(made)).forEach((gradient, i) => {
      graph.output(`${i}`, gradient as Value);
    });
    const counts: Record<string, number> = {};
    for (const node of liveNodes(graph).filter((each) => !forward.has(each)))
      counts[node.operation.name] = (counts[node.operation.name] ?? 0) + 1;
    return counts;
  }

  it('compute only the gradients that are needed', () => {
    expect(gradientNodes(({ source }) => [source.stack])).toEqual({ mixedEdgeSums: 1, mixedStackGradient: 1 });
    expect(gradientNodes(({ source }) => [source.skip as Value])).toEqual({ mixedEdgeSums: 1, mixedStackGradient: 1 });
    expect(gradientNodes(({ weights }) => [weights])).toEqual({
      mixedEdgeSums: 1,
      mixedEdgeWeightGradient: 1,
      takeGradient: 1,
    });
    expect(gradientNodes(({ source }) => [source.affine?.gamma as Value])).toEqual({
      mixedEdgeSums: 1,
      mixedEdgeAffineGradients: 1,
    });
  });

  it('compute the sums over the batch once for all gradients, and the statistics of a shared candidate once', () => {
    const all = gradientNodes(({ source, weights }) => [
      source.stack,
      source.skip as Value,
      weights,
      source.affine?.gamma as Value,
      source.affine?.beta as Value,
    ]);
    expect(all).toEqual({
      mixedEdgeSums: 1,
      mixedStackGradient: 1,
      mixedEdgeWeightGradient: 1,
      mixedEdgeAffineGradients: 1,
      takeGradient: 1,
    });
    const graph = new Graph();
    const made = feedMix(graph, MIXED);
    const [y] = mixedEdges(made.source, edgesOf(MIXED), made.weights);
    const [mean, variance] = y.node?.outputs.slice(MIXED.edges.length) ?? [];
    expect([mean.shape, variance.shape]).toEqual([[4 * CHANNELS], [4 * CHANNELS]]);
  });

  it('reject invalid sources and edges, naming the argument', () => {
    const graph = new Graph();
    const mix = { ...MIXED, affine: true };
    const { source, weights } = feedMix(graph, mix);
    const edges = edgesOf(mix);
    const [first, ...others] = edges;
    const gamma = graph.feed('another gamma', [8]);
    const candidate = (slot: number, weight: number) => [{ ...first, candidates: [{ slot, weight }] }, ...others];
    const cases: [MixedSource, readonly MixedEdge[], new (message: string) => Error, RegExp][] = [
      [source, [...edges, first, first], AttributeError, /got 5 edges, wanted 1 to 4; give further ones another stack/],
      [source, [], AttributeError, /got 0 edges, wanted 1 to 4/],
      [source, candidate(6, 0), ShapeError, /slot 6, wanted one of the 6 of the stack/],
      [source, candidate(0.5, 0), ShapeError, /slot 0\.5, wanted/],
      [source, candidate(0, 15), AttributeError, /weight 15 .* of the weights f32\[3, 5\]: 0 to 14/],
      [
        source,
        [{ ...first, skip: undefined }, ...others],
        AttributeError,
        /got a skip value, but no weight of it in some edge, wanted both or neither in every edge/,
      ],
      [
        { ...source, skip: undefined },
        edges,
        AttributeError,
        /got a weight of a skip connection, but no skip value, wanted both or neither/,
      ],
      [{ ...source, skip: gamma }, edges, ShapeError, /the skip connection is f32\[8\], wanted f32\[3, 4, 5, 8\]/],
      [
        { ...source, slots: 8 },
        edges,
        ShapeError,
        /f32\[3, 4, 5, 48\] for 8 candidates, wanted a multiple of 4 channels/,
      ],
      [{ ...source, normalised: 7 }, edges, AttributeError, /got 7 normalised of 6 candidates/],
      [{ ...source, affine: { gamma, beta: gamma } }, edges, ShapeError, /gamma is f32\[8\], wanted f32\[32\]/],
      [{ ...source, epsilon: -1 }, edges, AttributeError, /epsilon is -1/],
    ];
    for (const [from, to, type, message] of cases) {
      const build = () => mixedEdges(from, to, weights);
      expect(build).toThrow(type);
      expect(build).toThrow(message);
      expect(build).toThrow(/^mixedEdges: /);
    }
  });
});

describe('mixed edges on a device', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openTestEngine();
  });
  afterAll(() => closeTestEngine(engine));

  /** Runs mixed edges with each of several feeds. */
  async function runMix(
    mix: Mix,
    runs: readonly Feeds[],
    flowing?: readonly number[],
  ): Promise<{ results: Map<string, ArrayLike<number>>[]; dispatches: number }> {
    const names: string[] = [];
    const program = await engine.compile((graph) => {
      for (const [name, value] of traceMix(graph, mix, mixedEdges as typeof composed, flowing && [...flowing])) {
        graph.output(name, value);
        names.push(name);
      }
    });
    const results: Map<string, ArrayLike<number>>[] = [];
    for (const feeds of runs) {
      program.run(feeds);
      const result = new Map<string, ArrayLike<number>>();
      for (const name of names) result.set(name, await program.read(name));
      results.push(result);
    }
    const { dispatchCount: dispatches } = program;
    program.dispose();
    return { results, dispatches };
  }

  it.each(mixes)('agree with single operations in float64, gradients included: $name', async ({ mix }) => {
    const { feeds, wanted } = wantedOf(mix);
    const { results } = await runMix(mix, [feeds]);
    for (const [name, value] of wanted) expectClose(results[0].get(name) as ArrayLike<number>, value, 2e-5, name);
  });

  it('have gradients where some of their edges receive none', async () => {
    const { feeds, wanted } = wantedOf(MIXED, [1]);
    const { results } = await runMix(MIXED, [feeds], [1]);
    for (const [name, value] of wanted) expectClose(results[0].get(name) as ArrayLike<number>, value, 2e-5, name);
    expect(Math.max(...Array.from(wanted.get('dweights') as ArrayLike<number>, Math.abs).slice(0, 5))).toBe(0);
  });

  it.each([
    { affine: false, epsilon: 1e-5 },
    { affine: true, epsilon: 0 },
  ])(
    'do not read candidates and skip connections of weight zero: affine $affine, epsilon $epsilon',
    async (settings) => {
      // Slot 0 is normalised, 5 is not; 2 is closed in only one of its two edges, and so is read.
      const closed = [0, 5];
      const mix = { ...MIXED, ...settings };
      const { feeds } = wantedOf(mix);
      const weights = feeds.weights.slice();
      edgesOf(mix).forEach(({ candidates, skip }, e) => {
        for (const { slot, weight } of candidates) if (closed.includes(slot)) weights[weight] = 0;
        weights[skip as number] = 0;
        if (e === 0) weights[candidates[1].weight] = 0;
      });
      const poisonedStack = feeds.stack.map((value, i) =>
        closed.includes(Math.floor(i / CHANNELS) % mix.slots) ? Number.NaN : value,
      );
      const poisoned = { ...feeds, weights, stack: poisonedStack, skip: feeds.skip.map(() => Number.NaN) };
      const { results } = await runMix(mix, [{ ...feeds, weights }, poisoned]);
      const [clean, found] = results;
      for (const [name, values] of found) {
        expect(Array.from(values).every(Number.isFinite), name).toBe(true);
        expect(values, name).toEqual(clean.get(name));
      }
      const dstack = found.get('dstack') as ArrayLike<number>;
      const inClosed = (i: number) => closed.includes(Math.floor(i / CHANNELS) % mix.slots);
      expect(Array.from(dstack).filter((value, i) => inClosed(i) && value !== 0)).toEqual([]);
      expect(Array.from(dstack).filter((value, i) => !inClosed(i) && value === 0)).toEqual([]);
    },
  );

  it('take as many dispatches for four edges of many candidates as for one edge of one', async () => {
    const one: Mix = { slots: 1, normalised: 1, edges: [[0]], skip: true, affine: true };
    const four: Mix = {
      ...one,
      slots: 9,
      normalised: 9,
      edges: [0, 1, 2, 3].map((e) => [e, 4 + e, 8]),
    };
    const counts: number[] = [];
    for (const mix of [one, four]) counts.push((await runMix(mix, [wantedOf(mix).feeds])).dispatches);
    expect(counts[1]).toBe(counts[0]);
    // Forward: gather of the weights, statistics in two stages, plan, edges. Backward: plan, sums in two or three stages,
    // factors, stack, weights, scatter of the weights, gammas and betas.
    expect(counts[0]).toBeLessThanOrEqual(14);
  });

  it('stay accurate where the standard deviation is small compared with the mean', async () => {
    const mix: Mix = { slots: 2, normalised: 2, edges: [[0, 1]], skip: false, affine: false };
    const graph = new Graph();
    const values = traceMix(graph, mix, composed);
    const drawn = drawFeeds(graph);
    const feeds = { ...drawn, stack: drawn.stack.map((value, i) => 1000 + (i % 6) + 0.1 * value) };
    const lookup = interpret(graph, { feeds });
    const { results } = await runMix(mix, [feeds]);
    // The spacing of float32 at 1000 is 6e-5: rounding errors of 3e-5 are 3e-4 of the standard deviation.
    for (const [name, value] of values)
      expectClose(results[0].get(name) as ArrayLike<number>, lookup(value).data, 1e-3, name);
  });

  it('update running statistics as batch norm of each candidate does', async () => {
    const runningStatistics = ['together', 'one by one'].map(() => new VariableSet('averages'));
    const [together, single] = runningStatistics.map((set) => ({
      mean: set.add('mean', [2 * CHANNELS], zeros),
      variance: set.add('variance', [2 * CHANNELS], zeros),
    }));
    for (const set of runningStatistics) engine.allocate(set);
    const mix: Mix = { slots: 3, normalised: 2, edges: [[0, 2], [1]], skip: false, affine: false };
    const momentum = 0.3;
    const program = await engine.compile((graph) => {
      const { source, weights } = feedMix(graph, mix);
      mixedEdges({ ...source, running: together, momentum }, edgesOf(mix), weights);
      batchNorm(slice(source.stack, 0, 2 * CHANNELS), { mode: 'training', running: single, momentum });
    });
    for (const seed of [1, 2]) {
      const random = new Random(seed, 'values');
      const draw = (length: number) => Float32Array.from({ length }, () => random.normal() + 1);
      program.run({ stack: draw(60 * 3 * CHANNELS), weights: draw(2 * COLUMNS) });
    }
    for (const name of ['mean', 'variance'] as const) {
      const wanted = await engine.read(single[name]);
      expect(Math.min(...wanted)).toBeGreaterThan(0.1);
      expectClose(await engine.read(together[name]), wanted, 1e-6, name);
    }
    program.dispose();
    for (const set of runningStatistics) engine.release(set);
  });
});
