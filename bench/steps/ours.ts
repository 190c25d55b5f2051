import { backpropagate } from '../../src/engine/graph/autodiff.js';
import type { Graph, Value } from '../../src/engine/graph/graph.js';
import { logicalSize } from '../../src/engine/graph/types.js';
import { type Initializer, VariableSet } from '../../src/engine/graph/variables.js';
import { ones } from '../../src/engine/nn/initializers.js';
import { averagePool } from '../../src/engine/ops/averagePool.js';
import { batchNorm } from '../../src/engine/ops/batchNorm.js';
import { conv2d } from '../../src/engine/ops/conv2d.js';
import { convolutionWeightLayout } from '../../src/engine/ops/conv2dGeometry.js';
import { crossEntropy } from '../../src/engine/ops/crossEntropy.js';
import { maxPool } from '../../src/engine/ops/maxPool.js';
import { relu } from '../../src/engine/ops/relu.js';
import { Adam } from '../../src/engine/optim/adam.js';
import { Sgd } from '../../src/engine/optim/sgd.js';
import type { Engine } from '../../src/engine/runtime/engine.js';
import type { Program } from '../../src/engine/runtime/program.js';
import { nasbench201 } from '../../src/nas/spaces/nasbench201/space.js';
import type { Supernet } from '../../src/nas/training/classifier.js';
import type { Measurement, Tensors } from './contender.js';
import {
  ALPHA_ADAM,
  LEARNING_RATE,
  MOMENTUM,
  type NetworkWorkload,
  type OperationWorkload,
  type SupernetWorkload,
  type Workload,
} from './workloads.js';

const SEED = 1;

/** A workload compiled for this engine. */
export interface Prepared {
  readonly program: Program;
  /** What the program's variables held at first. */
  readonly tensors: Tensors;
  /** Feeds of a run, counted from 0. */
  feeds(run: number): Record<string, number | readonly number[]>;
  /** Names of the outputs that `check` is made of. */
  readonly outputs: readonly string[];
  dispose(): void;
}

const noise: Initializer = (type, random) =>
  Float32Array.from({ length: logicalSize(type) }, () => 2 * random.uniform() - 1);

export function prepare(engine: Engine, workload: Workload): Promise<Prepared> {
  return workload.kind === 'operation' ? prepareOperation(engine, workload) : prepareStep(engine, workload);
}

/** Measures with `repeats` timed runs after those whose results are checked. */
export async function measure(
  engine: Engine,
  workload: Workload,
  repeats: number,
  checks: number,
): Promise<Measurement & { readonly tensors: Tensors }> {
  const start = performance.now();
  const { program, tensors, outputs, feeds, dispose } = await prepare(engine, workload);
  let runs = 0;
  const run = async () => {
    program.run(feeds(runs++));
    await engine.gpu.idle();
  };
  const check: number[] = [];
  const read = async () => {
    for (const output of outputs) check.push(magnitude(await program.read(output)));
  };
  await run();
  const firstMilliseconds = performance.now() - start;
  await read();
  for (let step = 1; step < checks; step++) {
    await run();
    await read();
  }
  const milliseconds: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const begin = performance.now();
    await run();
    milliseconds.push(performance.now() - begin);
  }
  dispose();
  return { tensors, check, firstMilliseconds, milliseconds };
}

async function prepareOperation(engine: Engine, workload: OperationWorkload): Promise<Prepared> {
  const { shape, kernel, backward } = workload;
  const channels = shape[3];
  const set = new VariableSet(workload.name);
  const x = set.add('x', shape, noise);
  const dy = set.add('dy', shape, noise);
  const weights =
    workload.operation === 'conv' || workload.operation === 'depthwise'
      ? (() => {
          const groups = workload.operation === 'conv' ? 1 : channels;
          const layout = convolutionWeightLayout(groups);
          return [set.add('w', [kernel, kernel, channels / groups, channels], noise, { layout })];
        })()
      : workload.operation === 'batchNorm'
        ? [set.add('gamma', [channels], ones), set.add('beta', [channels], noise)]
        : [];
  engine.allocate(set, SEED);
  const outputs = ['y', ...(backward ? [x, ...weights].map(({ name }) => `d${name}`) : [])];
  const program = await engine.compile((graph) => {
    const inputs = [x, ...weights].map((variable) => graph.read(variable));
    const y = applyOperation(workload, inputs);
    graph.output('y', y);
    if (!backward) return;
    for (const [i, gradient] of backpropagate([{ value: y, gradient: graph.read(dy) }], inputs).entries())
      graph.output(outputs[1 + i], gradient as Value);
  });
  return {
    program,
    tensors: await readAll(engine, [set]),
    feeds: () => ({}),
    outputs,
    dispose: () => {
      program.dispose();
      engine.release(set);
    },
  };
}

function applyOperation({ operation, shape, kernel }: OperationWorkload, [x, ...weights]: readonly Value[]): Value {
  const padding = (kernel - 1) / 2;
  switch (operation) {
    case 'conv':
      return conv2d(x, weights[0], { padding });
    case 'depthwise':
      return conv2d(x, weights[0], { padding, groups: shape[3] });
    case 'maxPool':
      return maxPool(x, { kernel, stride: 1, padding });
    case 'averagePool':
      return averagePool(x, { kernel, stride: 1, padding, countPadding: false });
    case 'batchNorm':
      return batchNorm(x, { mode: 'training', gamma: weights[0], beta: weights[1] });
    case 'relu':
      return relu(x);
  }
}

async function prepareStep(engine: Engine, workload: NetworkWorkload | SupernetWorkload): Promise<Prepared> {
  const { batch, size, imageChannels, classes } = workload;
  const images = new VariableSet('images');
  const labels = new VariableSet('labels');
  const parts = workload.kind === 'network' ? ['weights'] : ['alphas', 'weights'];
  const data = parts.map((part) => ({
    x: images.add(`${part}/x`, [batch, size, size, imageChannels], noise),
    labels: labels.add(
      `${part}/labels`,
      [batch],
      (_, random) => Uint32Array.from({ length: batch }, () => random.integer(classes)),
      { dtype: 'u32' },
    ),
  }));
  // Kept averages would cost the peers' frameworks more than what they are for: batches are normalised by themselves.
  const network =
    workload.kind === 'network'
      ? nasbench201.network(nasbench201.parse(workload.architecture), workload)
      : nasbench201.supernet(workload, { affine: false, batchNorm: 'batch' });
  const alphas = workload.kind === 'supernet' ? (network as Supernet).alphas : undefined;
  const sets = [images, labels, network.weights, network.averages, ...(alphas ? [alphas] : [])];
  for (const set of sets) engine.allocate(set, SEED);
  const optimizers = [
    ...(alphas ? [new Adam(alphas, ALPHA_ADAM)] : []),
    new Sgd(network.weights, { learningRate: LEARNING_RATE, momentum: MOMENTUM }),
  ];
  for (const optimizer of optimizers) optimizer.allocate(engine);
  const tensors = await readAll(engine, [images, labels, network.weights, ...(alphas ? [alphas] : [])]);
  const program = await engine.compile((graph: Graph) => {
    optimizers.forEach((optimizer, part) => {
      const logits = network.forward(graph.read(data[part].x), 'train');
      const loss = crossEntropy(logits, graph.read(data[part].labels));
      optimizer.apply(loss);
      if (part === optimizers.length - 1) graph.output('loss', loss);
    });
  });
  return {
    program,
    tensors,
    feeds: (run) => Object.assign({}, ...optimizers.map((optimizer) => optimizer.feeds(run))),
    outputs: ['loss'],
    dispose: () => {
      program.dispose();
      for (const set of [...sets, ...optimizers.flatMap(({ states }) => states)]) engine.release(set);
    },
  };
}

async function readAll(engine: Engine, sets: readonly VariableSet[]): Promise<Tensors> {
  const tensors: Record<string, Tensors[string]> = {};
  for (const set of sets)
    for (const variable of set.variables)
      tensors[variable.name] = { shape: variable.type.shape, data: await engine.read(variable) };
  return tensors;
}

function magnitude(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i]);
  return sum;
}
