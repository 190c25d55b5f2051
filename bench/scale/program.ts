import type { Value } from '../../src/engine/graph/graph.js';
import { VariableSet } from '../../src/engine/graph/variables.js';
import { BatchNorm2d } from '../../src/engine/nn/batchNorm2d.js';
import { Conv2d } from '../../src/engine/nn/conv2d.js';
import { normal } from '../../src/engine/nn/initializers.js';
import { Linear } from '../../src/engine/nn/linear.js';
import { relu } from '../../src/engine/ops/elementwise/relu.js';
import { crossEntropy } from '../../src/engine/ops/loss/crossEntropy.js';
import { mixedEdges } from '../../src/engine/ops/mixed/mixedEdges.js';
import { globalAveragePool } from '../../src/engine/ops/pool/globalAveragePool.js';
import { softmax } from '../../src/engine/ops/reduce/softmax.js';
import { Sgd } from '../../src/engine/optim/sgd.js';
import type { Engine } from '../../src/engine/runtime/engine.js';
import type { Prepared } from '../harness/prepared.js';
import { readTensors } from '../harness/tensors.js';
import { noise } from '../kernels/program.js';
import { applyTogether } from '../steps/program.js';
import { LEARNING_RATE, MOMENTUM } from '../steps/workloads.js';
import type { ScaleWorkload } from './workloads.js';

const CLASSES = 10;
const IMAGE_CHANNELS = 3;
const SEED = 1;

/** Compiles a training step of weights and architecture parameters; every candidate is a ReLU, 3x3 convolution and batch norm. */
export async function prepareScale(engine: Engine, workload: ScaleWorkload): Promise<Prepared> {
  const { batch, size } = workload;
  const data = new VariableSet('data');
  const x = data.add('x', [batch, size, size, IMAGE_CHANNELS], noise);
  const classes = new VariableSet('classes');
  const labels = classes.add(
    'labels',
    [batch],
    (_, random) => Uint32Array.from({ length: batch }, () => random.integer(CLASSES)),
    { dtype: 'u32' },
  );
  const weights = new VariableSet('weights');
  const alphas = new VariableSet('alphas');
  const forward = relaxedNetwork(weights, alphas, workload);
  const optimizers = [alphas, weights].map((set) => new Sgd(set, { learningRate: LEARNING_RATE, momentum: MOMENTUM }));
  const sets = [data, classes, weights, alphas];
  for (const set of sets) engine.allocate(set, SEED);
  for (const optimizer of optimizers) optimizer.allocate(engine);
  const program = await engine.compile((graph) => {
    const loss = crossEntropy(forward(graph.read(x)), graph.read(labels));
    applyTogether(graph, loss, optimizers);
    graph.output('loss', loss);
  });
  return {
    program,
    tensors: () => readTensors(engine, sets),
    feeds: (run) => Object.assign({}, ...optimizers.map((optimizer) => optimizer.feeds(run))),
    outputs: ['loss'],
    dispose: () => {
      program.dispose();
      for (const set of [...sets, ...optimizers.flatMap(({ states }) => states)]) engine.release(set);
    },
  };
}

/** Images [N, H, W, 3] to logits [N, 10]; the image keeps its size to the global pool. */
function relaxedNetwork(
  weights: VariableSet,
  alphas: VariableSet,
  { channels, cells, candidates }: ScaleWorkload,
): (images: Value) => Value {
  const unused = new VariableSet('averages');
  const stem = new Conv2d(weights, 'stem', { inputs: IMAGE_CHANNELS, outputs: channels, kernel: 3, padding: 1 });
  const alpha = alphas.add('alpha', [cells, candidates], normal(0, 1e-3));
  const outputs = candidates * channels;
  const edges = Array.from({ length: cells }, (_, cell) => ({
    convolution: new Conv2d(weights, `cell ${cell}`, { inputs: channels, outputs, kernel: 3, padding: 1 }),
    norm: new BatchNorm2d(weights, unused, `cell ${cell}/norm`, {
      channels: outputs,
      affine: false,
      trackRunningStatistics: false,
    }),
    candidates: Array.from({ length: candidates }, (_, slot) => ({ slot, weight: cell * candidates + slot })),
  }));
  const classifier = new Linear(weights, 'classifier', { inputs: channels, outputs: CLASSES });
  return (images) => {
    const { graph } = images;
    const mixture = softmax(graph.read(alpha));
    let value = stem.forward(images);
    for (const { convolution, norm, candidates: mixed } of edges) {
      const stack = convolution.forward(relu(value));
      const source = { stack, slots: candidates, normalised: candidates, ...norm.mixedNorm(graph) };
      [value] = mixedEdges(source, [{ candidates: mixed }], mixture);
    }
    return classifier.forward(globalAveragePool(value));
  };
}
