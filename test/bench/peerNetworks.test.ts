import { describe, expect, it } from 'vitest';
import type { PlainTensor, Tensors } from '../../bench/harness/prepared.js';
import { weightsByEdge } from '../../bench/peers/edgeWeights.js';
import { logitsOf, type PeerOperations } from '../../bench/peers/networks.mjs';
import { networkOf, type StepNetwork } from '../../bench/steps/networks.js';
import { STEPS, type StepWorkload } from '../../bench/steps/workloads.js';
import { Graph, type Value } from '../../src/engine/graph/graph.js';
import { interpret } from '../../src/engine/graph/interpret.js';
import { logicalSize } from '../../src/engine/graph/types.js';
import type { Variable } from '../../src/engine/graph/variables.js';
import { conv2d } from '../../src/engine/ops/conv/conv2d.js';
import { concat } from '../../src/engine/ops/copy/concat.js';
import { add } from '../../src/engine/ops/elementwise/add.js';
import { relu } from '../../src/engine/ops/elementwise/relu.js';
import { weightedSum } from '../../src/engine/ops/elementwise/weightedSum.js';
import { linear } from '../../src/engine/ops/matmul/linear.js';
import { batchNorm } from '../../src/engine/ops/norm/batchNorm.js';
import { averagePool } from '../../src/engine/ops/pool/averagePool.js';
import { globalAveragePool } from '../../src/engine/ops/pool/globalAveragePool.js';
import { maxPool } from '../../src/engine/ops/pool/maxPool.js';
import { softmax } from '../../src/engine/ops/reduce/softmax.js';
import { Random } from '../../src/engine/random/random.js';

/** The networks of peers, built of the engine's operations: single convolutions, nothing stacked or fused. */
const ops: PeerOperations<Value> = {
  relu,
  conv: (x, w, { stride = 1, dilation = 1, groups = 1 }) =>
    conv2d(x, w, { stride, dilation, groups, padding: (dilation * (w.shape[0] - 1)) / 2 }),
  batchNorm: (x, gamma, beta) => batchNorm(x, { mode: 'training', gamma, beta }),
  averagePool3x3: (x, stride = 1) => averagePool(x, { kernel: 3, stride, padding: 1, countPadding: false }),
  maxPool3x3: (x, stride = 1) => maxPool(x, { kernel: 3, stride, padding: 1 }),
  halve: (x) => averagePool(x, { kernel: 2, stride: 2, padding: 0 }),
  add: (a, b) => add(a, b),
  concat: (values) => concat([...values]),
  // A 1x1 convolution with the identity removes the rows and columns that padding adds.
  withoutFirst: (x) => {
    const channels = x.shape[3];
    const identity = Array.from({ length: channels ** 2 }, (_, i) => Number(i % (channels + 1) === 0));
    return conv2d(x, x.graph.constant(identity, [1, 1, channels, channels]), { padding: [-1, -1, 0, 0] });
  },
  meanOfPixels: globalAveragePool,
  linear: (x, w, b) => linear(x, w, b),
  mixture: softmax,
  weighted: (terms, mixture) =>
    weightedSum(
      terms.map(([, , x]) => x),
      mixture,
      terms.map(([edge, operation]) => edge * mixture.shape[1] + operation),
    ),
};

function randomNumbers(shape: readonly number[], purpose: string): Float32Array {
  const random = new Random(1, purpose);
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal());
}

function contents({ weights, alphas }: StepNetwork): Map<Variable, Float32Array> {
  const variables = [...weights.variables, ...(alphas?.variables ?? [])];
  return new Map(variables.map((variable) => [variable, randomNumbers(variable.type.shape, variable.name)]));
}

/** Logits by the peers' definition, from the engine's numbers as the peers receive them, and the names of the weights read. */
function peerLogits(workload: StepWorkload, tensors: Tensors, images: PlainTensor) {
  const graph = new Graph();
  const used = new Set<string>();
  const tensorOf = (kind: string): Record<string, Value> =>
    new Proxy<Record<string, Value>>(
      {},
      {
        get: (_, name) => {
          const key = `${kind}/${String(name)}`;
          const tensor = tensors[key];
          if (!tensor) return undefined;
          used.add(key);
          return graph.feed(key, tensor.shape);
        },
      },
    );
  const logits = logitsOf(ops, workload, tensorOf('weights'), tensorOf('alphas'), graph.feed('images', images.shape));
  const feeds = Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]));
  return { logits: interpret(graph, { feeds: { ...feeds, images: images.data } })(logits).data, used };
}

describe("the peers' definition of a network", () => {
  const small = { batch: 2, size: 8, channels: 4 };
  it.each([
    { ...workload('resnet20_b64'), ...small, cells: 1 },
    { ...workload('nb201_c8n1_16_b32'), ...small },
    { ...workload('nb201_supernet_c8n1_16_b32/bilevel'), ...small },
    { ...workload('darts_c8_l4_b16/together'), ...small, cells: 3 },
  ])("gives the engine's logits from the engine's weights, all of them: $network", (workload) => {
    const network = networkOf(workload);
    const variables = contents(network);
    const shape = [workload.batch, workload.size, workload.size, workload.imageChannels];
    const images = { shape, data: randomNumbers(shape, 'images') };
    const graph = new Graph();
    const logits = network.forward(graph.feed('images', shape), 'train');
    const runningStatistics = new Map(
      network.runningStatistics.variables.map((variable) => [variable, new Float32Array(logicalSize(variable.type))]),
    );
    const expected = interpret(graph, {
      feeds: { images: images.data },
      variables: new Map([...variables, ...runningStatistics]),
    })(logits).data;
    const plain = Object.fromEntries(
      [...variables].map(([{ set, name, type }, data]) => [
        `${set === network.alphas ? 'alphas' : 'weights'}/${name}`,
        { shape: type.shape, data },
      ]),
    );
    const tensors = weightsByEdge(workload.network, plain);
    const { logits: got, used } = peerLogits(workload, tensors, images);
    expect([...used].sort()).toEqual(Object.keys(tensors).sort());
    expect(got.length).toBe(expected.length);
    got.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 6);
    });
  });

  it('names the weights that are missing', () => {
    const resnet = workload('resnet20_b64');
    const images = { shape: [1, 8, 8, 3], data: new Float32Array(192) };
    expect(() => peerLogits(resnet, {}, images)).toThrow('no weights "stem/conv/weight"');
  });
});

function workload(name: string): StepWorkload {
  return STEPS.find((step) => step.name === name) as StepWorkload;
}
