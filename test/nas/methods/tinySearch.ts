import { expect } from 'vitest';
import { Graph } from '../../../src/engine/graph/graph.js';
import { interpret } from '../../../src/engine/graph/interpret.js';
import type { Variable } from '../../../src/engine/graph/variables.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import type { Source } from '../../../src/nas/data/sources.js';
import type { Method, Problem, Search } from '../../../src/nas/methods/method.js';
import { spaceByName } from '../../../src/nas/spaces/space.js';
import type { Protocol } from '../../../src/nas/training/protocol.js';
import type { RelaxedRule } from '../../../src/nas/training/relaxedRule.js';
import { stripes, tinyProtocol } from '../training/trainingRun.js';
import { problemWith } from './problems.js';

const source: Source = {
  name: 'stripes',
  description: 'stripes',
  classes: ['rows', 'columns', 'wide rows', 'wide columns'],
  weights: stripes(48, 1),
  alphas: stripes(40, 2),
  images: 88,
  height: 8,
  width: 8,
  channels: 1,
};

/** A search of a few steps on images of 8x8 pixels: one cell a stage of NAS-Bench-201, three of the DARTS space. */
export function tinyProblem(
  engine: Engine,
  spaceName: 'nasbench201' | 'darts',
  parts: Partial<Protocol> = {},
  report?: Problem['report'],
): Problem {
  const space = spaceByName(spaceName);
  const protocol: Protocol = { ...tinyProtocol, cells: spaceName === 'darts' ? 3 : 1, epochs: 2, ...parts };
  const { channels, cells, imageSize: size, imageChannels } = protocol;
  const settings = { channels, cells, size, imageChannels, classes: source.classes.length };
  return problemWith({
    space,
    seed: 3,
    evaluate: () => Promise.reject(new Error('no architecture was expected to be evaluated')),
    supernet: {
      engine,
      protocol,
      source,
      build: (options, sizes) => space.supernet({ ...settings, ...sizes }, options),
    },
    report,
  });
}

export async function finish(search: Search) {
  while (await search.step());
  const state = await search.save();
  const result = search.result();
  search.dispose?.();
  return { state, result };
}

/** Runs the search whole, and again stopped and taken up after `steps` steps: the same result, to the bit. */
export async function expectToResume(method: Method, problem: Problem, options: object, steps: number) {
  const start = () => method.start(problem, method.options.parse(options));
  const whole = await finish(start());
  const first = start();
  for (let i = 0; i < steps; i++) await first.step();
  const saved = await first.save();
  first.dispose?.();
  const second = start();
  await second.restore({ ...structuredClone(saved), values: JSON.parse(JSON.stringify(saved.values)) });
  const resumed = await finish(second);
  expect(resumed.result).toEqual(whole.result);
  for (const [name, array] of Object.entries(whole.state.arrays))
    expect(new Uint32Array(resumed.state.arrays[name].buffer), name).toEqual(new Uint32Array(array.buffer));
  return whole;
}

/** What a rule weighs candidates, edges and its penalty by, in float64, at given parameters. */
export function traceRule(rule: RelaxedRule, parameters: readonly ArrayLike<number>[]) {
  const graph = new Graph();
  const { mixture } = rule.trace(graph, 'alphas');
  const penalty = rule.penalty?.(graph);
  const variables = new Map<Variable, ArrayLike<number>>(
    rule.parameters.variables.map((variable, i) => [variable, parameters[i]]),
  );
  const lookup = interpret(graph, { feeds: {}, variables });
  return {
    weights: mixture.weights.map((value) => [...lookup(value).data]),
    edges: mixture.edges?.map((value) => [...lookup(value).data]),
    penalty: penalty && lookup(penalty).data[0],
  };
}
