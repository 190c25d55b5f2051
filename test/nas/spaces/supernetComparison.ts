import { expect } from 'vitest';
import { gradients } from '../../../src/engine/autodiff/autodiff.js';
import { type Variable, VariableSet, zeros } from '../../../src/engine/graph/variables.js';
import { crossEntropy } from '../../../src/engine/ops/loss/crossEntropy.js';
import { Random } from '../../../src/engine/random/random.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import type { Supernet } from '../../../src/nas/networks/classifier.js';
import type { NetworkSettings } from '../../../src/nas/spaces/shared/networkSettings.js';
import { elementsOf, type Pieces } from './unstack.js';

/** Everything that a supernet of three classes or more computes in one pass, by names of variables. */
interface Computed {
  readonly losses: readonly number[];
  readonly initial: ReadonlyMap<string, ArrayLike<number>>;
  readonly gradients: ReadonlyMap<string, ArrayLike<number>>;
  readonly runningStatistics: ReadonlyMap<string, ArrayLike<number>>;
}

const BATCH = 4;

/** @param initialOf elements of a weight, in place of its initialiser's */
async function compute(
  engine: Engine,
  supernet: Supernet,
  { size, imageChannels }: NetworkSettings,
  initialOf?: (variable: Variable) => ArrayLike<number>,
): Promise<Computed> {
  const labels = new VariableSet('labels');
  const label = labels.add('labels', [BATCH], zeros, { dtype: 'u32' });
  const sets = [supernet.weights, supernet.runningStatistics, supernet.alphas, labels];
  for (const set of sets) engine.allocate(set, 1);
  engine.write(label, [0, 2, 1, 2]);
  const random = new Random(4, 'affine parameters');
  const alphaRandom = new Random(4, 'alphas');
  const imageRandom = new Random(4, 'images');
  // Far from equal, so that confusing candidates is detected.
  for (const alpha of supernet.alphas.variables)
    engine.write(
      alpha,
      Array.from(await engine.read(alpha), () => alphaRandom.normal()),
    );
  const initial = new Map<string, ArrayLike<number>>();
  for (const variable of supernet.weights.variables) {
    const isAffine = /\/(gamma|beta)$/.test(variable.name);
    if (initialOf) engine.write(variable, initialOf(variable));
    // With ones and zeros, confusing channels would not be detected.
    else if (isAffine)
      engine.write(
        variable,
        Array.from(await engine.read(variable), (value) => value + 0.3 * random.normal()),
      );
    initial.set(variable.name, await engine.read(variable));
  }
  const parameters = [...supernet.weights.variables, ...supernet.alphas.variables];
  const program = await engine.compile((graph) => {
    const x = graph.feed('x', [BATCH, size, size, imageChannels]);
    // Traced first: otherwise running statistics would be read after later updates.
    const evaluated = crossEntropy(supernet.forward(x, 'evaluate'), graph.read(label));
    const loss = crossEntropy(supernet.forward(x, 'train'), graph.read(label));
    graph.output('loss', loss);
    graph.output('loss in evaluation', evaluated);
    gradients(
      loss,
      parameters.map((variable) => graph.read(variable)),
    ).forEach((gradient, i) => {
      if (!gradient) throw new Error(`no gradient of ${parameters[i].name}`);
      graph.output(parameters[i].name, gradient);
    });
  });
  program.run({ x: Float32Array.from({ length: BATCH * size * size * imageChannels }, () => imageRandom.normal()) });
  const losses = [...(await program.read('loss')), ...(await program.read('loss in evaluation'))];
  const found = new Map<string, ArrayLike<number>>();
  for (const { name } of parameters) found.set(name, await program.read(name));
  const runningStatistics = new Map<string, ArrayLike<number>>();
  for (const variable of supernet.runningStatistics.variables)
    runningStatistics.set(variable.name, await engine.read(variable));
  program.dispose();
  for (const set of sets) engine.release(set);
  return { losses, initial, gradients: found, runningStatistics };
}

/** @param least lower bound of the magnitude to which errors are relative */
function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, what: string, least: number): void {
  expect(got.length, what).toBe(wanted.length);
  const size = Math.max(...Array.from(wanted, Math.abs), least);
  Array.from(wanted).forEach((value, i) => {
    expect(Math.abs(got[i] - value), `${what}, ${i}: got ${got[i]}, wanted ${value}`).toBeLessThanOrEqual(2e-5 * size);
  });
}

/** Every piece of some variables; those without pieces unchanged. */
function unstacked(stacked: ReadonlyMap<string, ArrayLike<number>>, pieces: Pieces): Map<string, ArrayLike<number>> {
  const held = new Set<string>();
  const result = new Map<string, ArrayLike<number>>();
  for (const [name, piece] of pieces) {
    const data = stacked.get(piece.stacked);
    if (data) result.set(name, elementsOf(piece, data));
    held.add(piece.stacked);
  }
  for (const [name, data] of stacked) if (!held.has(name)) result.set(name, data);
  return result;
}

/**
 * Expects a supernet that computes a node's edges together to have the losses, gradients and running statistics of one that computes edge by
 * edge, from the same weights.
 */
export async function expectSameSupernets(
  engine: Engine,
  settings: NetworkSettings,
  stacked: Supernet,
  unfused: Supernet,
  pieces: Pieces,
): Promise<void> {
  const got = await compute(engine, stacked, settings);
  const initial = unstacked(got.initial, pieces);
  const wanted = await compute(engine, unfused, settings, ({ name }) => {
    const data = initial.get(name);
    if (!data) throw new Error(`no weight ${name} in the stacked supernet`);
    return data;
  });
  expectClose(got.losses, wanted.losses, 'losses', 0);
  // Statistics of magnitude 1 change a running average by 0.1; a mean that is zero up to rounding has no magnitude.
  for (const [part, least] of [
    ['initial', 0],
    ['gradients', 1e-3],
    ['runningStatistics', 0.1],
  ] as const) {
    const found = unstacked(got[part], pieces);
    expect([...found.keys()].sort()).toEqual([...wanted[part].keys()].sort());
    for (const [name, value] of wanted[part])
      expectClose(found.get(name) as ArrayLike<number>, value, `${part}: ${name}`, least);
  }
  expect(wanted.gradients.size).toBeGreaterThan(20);
}
