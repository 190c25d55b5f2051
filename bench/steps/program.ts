import { gradients } from '../../src/engine/autodiff/autodiff.js';
import type { Graph } from '../../src/engine/graph/graph.js';
import { type Variable, VariableSet } from '../../src/engine/graph/variables.js';
import { crossEntropy } from '../../src/engine/ops/loss/crossEntropy.js';
import { Adam } from '../../src/engine/optim/adam.js';
import type { Optimizer } from '../../src/engine/optim/optimizer.js';
import { Sgd } from '../../src/engine/optim/sgd.js';
import type { Engine } from '../../src/engine/runtime/engine.js';
import type { Prepared, Tensors } from '../harness/prepared.js';
import { readTensors } from '../harness/tensors.js';
import { noise } from '../kernels/program.js';
import { networkOf, type StepNetwork } from './networks.js';
import { ALPHA_ADAM, LEARNING_RATE, MOMENTUM, type StepWorkload } from './workloads.js';

const SEED = 1;
const SGD = { learningRate: LEARNING_RATE, momentum: MOMENTUM };

/** Compiles a step; its output is the loss of the weights' batch. */
export async function prepareStep(
  engine: Engine,
  workload: StepWorkload,
  network: StepNetwork = networkOf(workload),
): Promise<Prepared> {
  const { images, labels, batches } = batchesOf(workload);
  const { weights, alphas, runningStatistics } = network;
  const sets = [images, labels, weights, runningStatistics, ...(alphas ? [alphas] : [])];
  for (const set of sets) engine.allocate(set, SEED);
  const optimizers = optimizersOf(workload, network);
  for (const optimizer of optimizers) optimizer.allocate(engine);
  const program = await engine.compile((graph) => {
    const loss = (batch: Batch) =>
      crossEntropy(network.forward(graph.read(batch.x), 'train'), graph.read(batch.labels));
    if (workload.update === 'bilevel') optimizers[0].apply(loss(batches[1]));
    const last = loss(batches[0]);
    if (workload.update === 'together') applyTogether(graph, last, optimizers);
    else optimizers[optimizers.length - 1].apply(last);
    graph.output('loss', last);
  });
  return {
    program,
    tensors: async () => ({
      ...prefixed('batches', await readTensors(engine, [images, labels])),
      ...prefixed('weights', await readTensors(engine, [weights])),
      ...(alphas && prefixed('alphas', await readTensors(engine, [alphas]))),
    }),
    feeds: (run) => Object.assign({}, ...optimizers.map((optimizer) => optimizer.feeds(run))),
    outputs: ['loss'],
    dispose: () => {
      program.dispose();
      for (const set of [...sets, ...optimizers.flatMap(({ states }) => states)]) engine.release(set);
    },
  };
}

interface Batch {
  readonly x: Variable;
  readonly labels: Variable;
}

/** Noise with random labels, on the device for good: batch 0 for the weights, batch 1 for the architecture parameters. */
function batchesOf({ update, batch, size, imageChannels, classes }: StepWorkload) {
  const images = new VariableSet('images');
  const labels = new VariableSet('labels');
  const batches = (update === 'bilevel' ? [0, 1] : [0]).map(
    (index): Batch => ({
      x: images.add(`${index}/x`, [batch, size, size, imageChannels], noise),
      labels: labels.add(
        `${index}/labels`,
        [batch],
        (_, random) => Uint32Array.from({ length: batch }, () => random.integer(classes)),
        { dtype: 'u32' },
      ),
    }),
  );
  return { images, labels, batches };
}

/** The one of the weights comes last. */
function optimizersOf({ update }: StepWorkload, { weights, alphas }: StepNetwork): Optimizer[] {
  const ofWeights = new Sgd(weights, SGD);
  if (!alphas) return [ofWeights];
  return [update === 'bilevel' ? new Adam(alphas, ALPHA_ADAM) : new Sgd(alphas, SGD), ofWeights];
}

/** Updates by one backward pass: all gradients are taken before the first update. */
export function applyTogether(
  graph: Graph,
  loss: Parameters<typeof gradients>[0],
  optimizers: readonly Optimizer[],
): void {
  const variables = optimizers.map(({ set }) => set.variables);
  const all = gradients(
    loss,
    variables.flat().map((variable) => graph.read(variable)),
  );
  let first = 0;
  optimizers.forEach((optimizer, index) => {
    optimizer.applyGradients(graph, all.slice(first, (first += variables[index].length)));
  });
}

function prefixed(prefix: string, tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}/${name}`, tensor]));
}
