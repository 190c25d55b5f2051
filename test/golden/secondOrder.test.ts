import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Graph, Value } from '../../src/engine/graph/graph.js';
import { crossEntropy } from '../../src/engine/ops/loss/crossEntropy.js';
import { Sgd } from '../../src/engine/optim/sgd.js';
import type { Engine } from '../../src/engine/runtime/engine.js';
import type { ImageSplit } from '../../src/nas/data/images/imageSet.js';
import { channelStatistics } from '../../src/nas/data/images/statistics.js';
import type { Supernet } from '../../src/nas/networks/classifier.js';
import type { SgdSettings } from '../../src/nas/records/protocol.js';
import { softmaxRule } from '../../src/nas/training/bilevel/relaxedRule.js';
import { splitGradients } from '../../src/nas/training/bilevel/splitGradients.js';
import { UnrolledStep } from '../../src/nas/training/bilevel/unrolledStep.js';
import { closeTestEngine, openTestEngine } from '../engine/support/device.js';
import { dartsProblem, firstBatches, SEED, type SearchProblem, supernetProblem, trainingInputs } from './problems.js';
import { SMOOTH_OPTIMIZER, smoothBatches, smoothSupernet } from './smoothProblem.js';

interface Gradients {
  readonly loss: number;
  readonly difference: readonly number[];
  readonly firstOrderPart: readonly number[];
}

/** Written by makeSecondOrder.py, in float64. */
const torch = JSON.parse(readFileSync(new URL('secondOrder.json', import.meta.url), 'utf8')) as {
  readonly inputs: string;
  readonly supernet: Gradients;
  readonly darts: Gradients;
  readonly smooth: Gradients & { readonly exact: readonly number[] };
};

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** A batch of each half as constants. */
type Batches = Readonly<Record<'weights' | 'alphas', (graph: Graph) => { x: Value; labels: Value }>>;

/** Validation loss and its gradient by the architecture parameters through one unrolled step, with a velocity of a tenth of the
 * weights, which are left unchanged. */
async function unrolledGradient(supernet: Supernet, sgd: SgdSettings, batches: Batches) {
  const { weights, runningStatistics, alphas } = supernet;
  const optimizer = new Sgd(weights, sgd);
  const unrolled = new UnrolledStep(weights, optimizer, sgd);
  for (const set of [weights, runningStatistics, alphas]) engine.allocate(set, SEED);
  optimizer.allocate(engine);
  unrolled.allocate(engine);
  const before = await engine.readSet(weights);
  const velocity = new Float32Array(before.buffer).map((weight) => 0.1 * weight);
  engine.writeSet(optimizer.states[0], new Uint32Array(velocity.buffer));
  const rule = softmaxRule(supernet);
  const program = await engine.compile((graph) => {
    const traced = rule.trace(graph, 'alphas');
    const [train, validation] = [batches.weights(graph), batches.alphas(graph)];
    const pass = ({ x, labels }: typeof train) => {
      const logits = supernet.forward(x, 'train', traced.mixture);
      return { logits, loss: crossEntropy(logits, labels) };
    };
    const { gradient, loss } = unrolled.gradients(graph, {
      train: () => pass(train).loss,
      validate: () => pass(validation),
      split: (value, sets) => splitGradients(value, traced, sets),
      parameters: alphas,
    });
    graph.output('loss', loss);
    gradient.forEach((value, i) => {
      graph.output(`gradient ${i}`, value as Value);
    });
  });
  program.run(optimizer.feeds(0));
  const [loss] = await program.read('loss');
  const gradient: number[] = [];
  for (const i of alphas.variables.keys()) gradient.push(...(await program.read(`gradient ${i}`)));
  expect(await engine.readSet(weights)).toEqual(before);
  program.dispose();
  unrolled.release(engine);
  optimizer.release(engine);
  for (const set of [weights, runningStatistics, alphas]) engine.release(set);
  return { loss, gradient };
}

const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));
const distance = (a: readonly number[], b: readonly number[]) => largest(a.map((value, i) => value - b[i]));

/** Images as the trainers pass them to a network, in the order of `indices`. */
function imageRows(
  { pixels }: ImageSplit,
  indices: readonly number[],
  { mean: [mean], std: [std] }: Statistics,
): number[] {
  return indices.flatMap((i) =>
    Array.from(pixels.subarray(64 * i, 64 * i + 64), (pixel) => (pixel / 255 - mean) / std),
  );
}
type Statistics = ReturnType<typeof channelStatistics>;

function supernetBatches(problem: SearchProblem): Batches {
  const statistics = channelStatistics(problem.weights, 1);
  const indices = firstBatches(problem);
  const batch = (part: 'weights' | 'alphas') => (graph: Graph) => {
    const count = indices[part].length;
    return {
      x: graph.constant(imageRows(problem[part], indices[part], statistics), [count, 8, 8, 1]),
      labels: graph.constant(
        indices[part].map((i) => problem[part].labels[i]),
        [count],
        'u32',
      ),
    };
  };
  return { weights: batch('weights'), alphas: batch('alphas') };
}

describe('the gradient of second-order DARTS', () => {
  it('started from these inputs', () => {
    expect(trainingInputs().checksum).toBe(torch.inputs);
  });

  it('is the derivative through the unrolled step on a model without jumps, within a thousandth of its second-order part', async () => {
    const batches = smoothBatches();
    const constant =
      ([rows, labels]: (typeof batches)['weights']) =>
      (graph: Graph) => ({
        x: graph.constant(rows.flat(), [rows.length, rows[0].length]),
        labels: graph.constant(labels, [labels.length], 'u32'),
      });
    const wanted = torch.smooth;
    const { loss, gradient } = await unrolledGradient(smoothSupernet(), SMOOTH_OPTIMIZER, {
      weights: constant(batches.weights),
      alphas: constant(batches.alphas),
    });
    const secondOrder = distance(wanted.exact, wanted.firstOrderPart);
    expect(secondOrder).toBeGreaterThan(0.1 * largest(wanted.exact));
    expect(Math.abs(loss - wanted.loss)).toBeLessThan(1e-6);
    expect(distance(gradient, wanted.exact)).toBeLessThan(1e-3 * secondOrder);
  });

  // Rounding errors are 4e-6 of the second-order part on software drivers; thirty times that is allowed for other orders of
  // summation.
  it.each([
    { network: 'the supernet of NAS-Bench-201', problem: supernetProblem, wanted: torch.supernet },
    { network: 'the search network of DARTS', problem: dartsProblem, wanted: torch.darts },
  ])('is the finite difference that PyTorch takes on $network', async ({ problem, wanted }) => {
    const supernet = problem.build();
    const { loss, gradient } = await unrolledGradient(supernet, problem.protocol.optimizer, supernetBatches(problem));
    const secondOrder = distance(wanted.difference, wanted.firstOrderPart);
    expect(secondOrder).toBeGreaterThan(0.1 * largest(wanted.difference));
    expect(Math.abs(loss - wanted.loss)).toBeLessThan(1e-5 * wanted.loss);
    expect(distance(gradient, wanted.difference)).toBeLessThan(1e-4 * secondOrder);
  });
});
