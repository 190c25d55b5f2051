import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../src/engine/autodiff/autodiff.js';
import { logicalSize } from '../../src/engine/graph/types.js';
import type { Variable } from '../../src/engine/graph/variables.js';
import { add } from '../../src/engine/ops/elementwise/add.js';
import { scale } from '../../src/engine/ops/elementwise/scale.js';
import { crossEntropy } from '../../src/engine/ops/loss/crossEntropy.js';
import type { Engine } from '../../src/engine/runtime/engine.js';
import type { Genotype } from '../../src/nas/spaces/darts/genotype.js';
import { genotypeNetwork } from '../../src/nas/spaces/darts/network.js';
import { closeTestEngine, openTestEngine } from '../engine/support/device.js';

interface Solved {
  readonly imagenet: boolean;
  readonly size: number;
  readonly loss: number;
  readonly logits: readonly number[];
  readonly auxiliary: readonly number[];
  readonly evaluated: readonly number[];
  /** For each variable the norm of its gradient, and its dot product with a fixed vector. */
  readonly gradients: Readonly<Record<string, readonly [number, number]>>;
}

/** Written by make_darts_network.py, in float64. */
const torch = JSON.parse(readFileSync(new URL('dartsNetwork.json', import.meta.url), 'utf8')) as {
  readonly settings: { channels: number; cells: number; classes: number; imageChannels: number };
  readonly batch: number;
  readonly auxiliaryWeight: number;
  readonly genotype: Genotype;
  readonly networks: readonly Solved[];
};

/** Allowed for rounding in float32; a different layer changes results by more. */
const RELATIVE = 2e-4;

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

function chirp(count: number, phase: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => Math.sin(0.37 * i * i + phase));
}

function phaseOf(name: string): number {
  return Array.from(name).reduce((sum, character) => sum + character.charCodeAt(0), 0);
}

function valuesOf({ name, type }: Variable): Float32Array {
  const size = logicalSize(type);
  const values = chirp(size, phaseOf(name));
  const fanIn = size / (type.shape.at(-1) as number);
  if (name.endsWith('/gamma')) return Float32Array.from(values, (value) => 1 + 0.2 * value);
  if (name.endsWith('/weight')) return Float32Array.from(values, (value) => (1.5 / Math.sqrt(fanIn)) * value);
  return Float32Array.from(values, (value) => 0.2 * value);
}

function expectClose(got: ArrayLike<number>, wanted: readonly number[], what: string, unit = 1): void {
  expect(got.length, what).toBe(wanted.length);
  wanted.forEach((value, i) => {
    expect(Math.abs(got[i] - value), `${what} ${i}: got ${got[i]}, PyTorch ${value}`).toBeLessThan(RELATIVE * unit);
  });
}

describe('what PyTorch computes of the network of a genotype with all operations and an auxiliary classifier', () => {
  it.each(torch.networks)('is what the engine does: ImageNet $imagenet, $size pixels', async (solved) => {
    const { batch, auxiliaryWeight, genotype } = torch;
    const { imagenet, size } = solved;
    const network = genotypeNetwork(genotype, { ...torch.settings, size, imagenet, auxiliary: true });
    engine.allocate(network.weights, 1);
    engine.allocate(network.runningStatistics, 1);
    const { variables } = network.weights;
    for (const variable of variables) engine.write(variable, valuesOf(variable));
    const shape = [batch, size, size, 3];
    const x = Float32Array.from(chirp(batch * size * size * 3, 1), (value) => 1.5 * value);
    const train = await engine.compile((graph) => {
      const { logits, auxiliary } = network.train!(graph.feed('x', shape), {
        dropPath: (value, place) => scale(value, 1 + 0.3 * Math.sin(phaseOf(place))),
      });
      const labels = graph.feed('labels', [batch], 'u32');
      const loss = add(crossEntropy(logits, labels), scale(crossEntropy(auxiliary!, labels), auxiliaryWeight));
      graph.output('loss', loss);
      graph.output('logits', logits);
      graph.output('auxiliary', auxiliary!);
      const reads = variables.map((variable) => graph.read(variable));
      for (const [index, gradient] of gradients(loss, reads).entries())
        if (gradient) graph.output(variables[index].name, gradient);
    });
    train.run({ x, labels: Uint32Array.from({ length: batch }, (_, i) => i % torch.settings.classes) });
    expectClose(await train.read('loss'), [solved.loss], 'loss');
    expectClose(await train.read('logits'), solved.logits, 'logits');
    expectClose(await train.read('auxiliary'), solved.auxiliary, 'auxiliary logits');
    expect(variables.map(({ name }) => name).sort()).toEqual(Object.keys(solved.gradients).sort());
    for (const { name } of variables) {
      const gradient = Array.from(await train.read(name));
      const product = chirp(gradient.length, 2).reduce((sum, value, i) => sum + value * gradient[i], 0);
      const [norm] = solved.gradients[name];
      expectClose(
        [Math.sqrt(gradient.reduce((sum, value) => sum + value ** 2, 0)), product],
        solved.gradients[name],
        `gradient of ${name}`,
        Math.max(0.01, norm),
      );
    }
    const evaluate = await engine.compile((graph) => {
      graph.output('logits', network.forward(graph.feed('x', shape), 'evaluate'));
    });
    evaluate.run({ x });
    expectClose(await evaluate.read('logits'), solved.evaluated, 'logits by running averages');
    for (const program of [train, evaluate]) program.dispose();
    for (const set of [network.weights, network.runningStatistics]) engine.release(set);
  });
});
