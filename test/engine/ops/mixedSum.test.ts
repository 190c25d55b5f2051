import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttributeError, ShapeError } from '../../../src/engine/errors.js';
import { backpropagate } from '../../../src/engine/graph/autodiff.js';
import { Graph, type Value } from '../../../src/engine/graph/graph.js';
import { interpret } from '../../../src/engine/graph/interpret.js';
import { logicalSize } from '../../../src/engine/graph/types.js';
import { type Variable, VariableSet, zeros } from '../../../src/engine/graph/variables.js';
import { batchNorm } from '../../../src/engine/ops/batchNorm.js';
import { type MixedTerm, mixedSum } from '../../../src/engine/ops/mixedSum.js';
import { weightedSum } from '../../../src/engine/ops/weightedSum.js';
import { liveNodes } from '../../../src/engine/passes/deadCode.js';
import { Random } from '../../../src/engine/random/random.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

const SHAPE = [3, 4, 5, 6];
/** Normalised or not, in the order of a caller, and which element of the weights [3, 4] multiplies it. */
const MIX: readonly (readonly [boolean, number])[] = [
  [false, 1],
  [true, 2],
  [true, 3],
  [false, 9],
  [true, 6],
  [false, 7],
];

interface Mix {
  readonly graph: Graph;
  readonly terms: readonly MixedTerm[];
  readonly weights: Value;
  /** All that a gradient is taken of. */
  readonly sources: readonly Value[];
  readonly data: Map<Variable, Float64Array>;
}

function makeMix(mix: readonly (readonly [boolean, number])[], affine: boolean): Mix {
  const graph = new Graph();
  const set = new VariableSet('mix');
  const random = new Random(9, 'mix');
  const data = new Map<Variable, Float64Array>();
  const sources: Value[] = [];
  const add = (name: string, shape: readonly number[]): Value => {
    const variable = set.add(name, shape, zeros);
    data.set(
      variable,
      Float64Array.from({ length: logicalSize(variable.type) }, () => random.normal()),
    );
    const value = graph.read(variable);
    sources.push(value);
    return value;
  };
  const terms = mix.map(([normalised, index], t): MixedTerm => {
    const x = add(`x${t}`, SHAPE);
    if (!normalised) return { x, index };
    const norm = affine ? { affine: { gamma: add(`gamma${t}`, [6]), beta: add(`beta${t}`, [6]) } } : {};
    return { x, index, norm: { ...norm, epsilon: 1e-3 } };
  });
  return { graph, terms, weights: add('weights', [3, 4]), sources, data };
}

/** The same of single operations. */
function composed({ terms, weights }: Mix): Value {
  const values = terms.map(({ x, norm }) =>
    norm ? batchNorm(x, { mode: 'training', ...norm.affine, epsilon: norm.epsilon }) : x,
  );
  return weightedSum(
    values,
    weights,
    terms.map(({ index }) => index),
  );
}

function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  expect(got).toHaveLength(wanted.length);
  const scale = Math.max(...Array.from(wanted, Math.abs), 1e-3);
  for (let i = 0; i < wanted.length; i++) expect(Math.abs(got[i] - wanted[i])).toBeLessThan(tolerance * scale);
}

const mixes = [
  { name: 'mixed', mix: MIX },
  { name: 'normalised only', mix: MIX.filter(([normalised]) => normalised) },
  { name: 'none normalised', mix: MIX.filter(([normalised]) => !normalised) },
];

describe('the mixed sum', () => {
  for (const { name, mix } of mixes)
    it.each([false, true])(
      `is the weighted sum of batch norms, and has its gradients, in float64: ${name}, affine %s`,
      (affine) => {
        const made = makeMix(mix, affine);
        const seed = made.graph.constant(
          Float64Array.from({ length: 360 }, (_, i) => Math.sin(i)),
          SHAPE,
        );
        const [fused, unfused] = [mixedSum(made.terms, made.weights), composed(made)].map((y) => ({
          y,
          gradients: backpropagate([{ value: y, gradient: seed }], made.sources),
        }));
        const lookup = interpret(made.graph, { variables: made.data });
        expectClose(lookup(fused.y).data, lookup(unfused.y).data, 1e-12);
        made.sources.forEach((_, i) => {
          const [got, wanted] = [fused, unfused].map(({ gradients }) => gradients[i] as Value);
          expectClose(lookup(got).data, lookup(wanted).data, 1e-10);
        });
      },
    );

  /** Operations that run for the gradients of some sources. */
  function gradientNodes(pick: (made: Mix) => readonly Value[]): Record<string, number> {
    const made = makeMix(MIX, true);
    const y = mixedSum(made.terms, made.weights);
    const forward = made.graph.nodes.length;
    const seed = made.graph.constant(new Float64Array(360), SHAPE);
    backpropagate([{ value: y, gradient: seed }], pick(made)).forEach((gradient, i) => {
      if (gradient) made.graph.output(`${i}`, gradient);
    });
    const counts: Record<string, number> = {};
    for (const { operation, outputs } of liveNodes(made.graph).filter((node) =>
      made.graph.nodes.slice(forward).includes(node),
    ))
      counts[operation.name] = (counts[operation.name] ?? 0) + outputs.length;
    return counts;
  }

  it('computes no gradient of the weights when none is wanted, and only those of the terms wanted', () => {
    const nodes = gradientNodes(({ terms }) => [terms[0].x, terms[1].x, terms[4].x]);
    expect(nodes).toEqual({ mixedSumSums: 1, mixedSumInputGradients: 2, weightedSumInputGradient: 1 });
  });

  it('computes no gradient of terms, gammas and betas when only that of the weights is wanted', () => {
    const nodes = gradientNodes(({ weights }) => [weights]);
    expect(nodes).toEqual({ mixedSumSums: 1, mixedSumWeightGradient: 1, takeGradient: 1 });
  });

  it('needs no sums over the batch for the gradients of terms that are not normalised', () => {
    expect(gradientNodes(({ terms }) => [terms[0].x, terms[3].x])).toEqual({ weightedSumInputGradient: 2 });
  });

  it('refuses gamma and beta in some terms, different epsilons, other shapes and elements that are not there', () => {
    const { terms, weights, graph } = makeMix(MIX, false);
    const gamma = graph.constant(new Float64Array(6), [6]);
    const withNorm = (norm: MixedTerm['norm']) =>
      terms.map((term, t) => (t === 1 ? { ...term, norm: { ...term.norm, ...norm } } : term));
    const cases: [readonly MixedTerm[], new (message: string) => Error, RegExp][] = [
      [withNorm({ affine: { gamma, beta: gamma } }), AttributeError, /1 of 3 normalised terms have gamma and beta/],
      [withNorm({ epsilon: 0.5 }), AttributeError, /epsilons 0\.5, 0\.001, wanted one/],
      [[], ShapeError, /no terms/],
      [[{ ...terms[1], index: 12 }], AttributeError, /mixedSum: index 12 of the weights, wanted .* 0 to 11/],
      [[terms[1], { x: gamma, index: 0 }], ShapeError, /mixedSum: input 1 is f32\[6\]/],
    ];
    for (const [wrong, type, message] of cases) {
      expect(() => mixedSum(wrong, weights)).toThrow(type);
      expect(() => mixedSum(wrong, weights)).toThrow(message);
    }
  });
});

describe('the mixed sum on a device', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openTestEngine();
  });
  afterAll(() => closeTestEngine(engine));

  it('keeps the digits of a deviation that is small beside the mean', async () => {
    const random = new Random(3, 'values');
    const data = Float32Array.from({ length: 200 * 6 }, (_, i) => 1000 + (i % 6) + 0.1 * random.normal());
    const outputs: Record<string, ArrayLike<number>> = {};
    const wanted: Record<string, ArrayLike<number>> = {};
    let graph: Graph | undefined;
    const program = await engine.compile((g) => {
      graph = g;
      const x = g.feed('x', [200, 6]);
      const weights = g.feed('weights', [2]);
      const y = mixedSum([{ x, index: 1, norm: {} }], weights);
      const [dx, dw] = backpropagate([{ value: y, gradient: g.feed('dy', [200, 6]) }], [x, weights]);
      for (const [name, value] of Object.entries({ y, dx, dw })) g.output(name, value as Value);
    });
    const dy = Float32Array.from({ length: 1200 }, () => random.normal());
    const feeds = { x: data, weights: [0.25, 0.5], dy };
    program.run(feeds);
    const lookup = interpret(graph as Graph, { feeds });
    for (const [name, value] of (graph as Graph).outputs) {
      outputs[name] = await program.read(name);
      wanted[name] = lookup(value).data;
    }
    program.dispose();
    // A float32 at 1000 is exact to 3e-5, which is 3e-4 of the deviation.
    for (const name of ['y', 'dx', 'dw']) expectClose(outputs[name], wanted[name], 1e-3);
  });

  it('moves running averages as batch norm does', async () => {
    const results: number[][] = [];
    for (const fused of [true, false]) {
      const averages = new VariableSet('averages');
      const variables = [0, 1].map((t) => ({
        mean: averages.add(`mean${t}`, [6], zeros),
        variance: averages.add(`variance${t}`, [6], zeros),
      }));
      engine.allocate(averages);
      const program = await engine.compile((g) => {
        const x = g.feed('x', [40, 6]);
        const z = g.feed('z', [40, 6]);
        const momentum = 0.3;
        if (fused) {
          const terms = [x, z].map((value, t) => ({
            x: value,
            index: t,
            norm: { running: variables[t], momentum },
          }));
          mixedSum(terms, g.feed('weights', [2]));
        } else {
          g.feed('weights', [2]);
          for (const [t, value] of [x, z].entries())
            batchNorm(value, { mode: 'training', running: variables[t], momentum });
        }
      });
      const random = new Random(5, 'values');
      const draw = () => Float32Array.from({ length: 240 }, () => random.normal() + 1);
      for (let run = 0; run < 2; run++) program.run({ x: draw(), z: draw(), weights: [0.5, 0.25] });
      results.push([]);
      for (const variable of averages.variables) results[results.length - 1].push(...(await engine.read(variable)));
      program.dispose();
      engine.release(averages);
    }
    expect(Math.min(...results[1].map(Math.abs))).toBeGreaterThan(0.1);
    expectClose(results[0], results[1], 1e-6);
  });
});
