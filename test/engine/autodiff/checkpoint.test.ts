import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../../src/engine/autodiff/autodiff.js';
import { Graph, type Value } from '../../../src/engine/graph/graph.js';
import { VariableSet } from '../../../src/engine/graph/variables.js';
import { BatchNorm2d } from '../../../src/engine/nn/batchNorm2d.js';
import { Conv2d } from '../../../src/engine/nn/conv2d.js';
import { Linear } from '../../../src/engine/nn/linear.js';
import { concat } from '../../../src/engine/ops/copy/concat.js';
import { multiply } from '../../../src/engine/ops/elementwise/multiply.js';
import { relu } from '../../../src/engine/ops/elementwise/relu.js';
import { weightedSum } from '../../../src/engine/ops/elementwise/weightedSum.js';
import { crossEntropy } from '../../../src/engine/ops/loss/crossEntropy.js';
import { globalAveragePool } from '../../../src/engine/ops/pool/globalAveragePool.js';
import { dropout } from '../../../src/engine/ops/random/dropout.js';
import { mean } from '../../../src/engine/ops/reduce/reduce.js';
import { Sgd } from '../../../src/engine/optim/sgd.js';
import { liveNodes } from '../../../src/engine/passes/deadCode.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import type { Classifier } from '../../../src/nas/networks/classifier.js';
import { parseCell } from '../../../src/nas/spaces/nasbench201/cell.js';
import { cellNetwork } from '../../../src/nas/spaces/nasbench201/network.js';
import { closeTestEngine, openTestEngine } from '../support/device.js';

const BATCH = 8;
const SIZE = 16;
const PIXELS = Float32Array.from({ length: BATCH * SIZE * SIZE * 8 }, (_, i) => Math.sin(i * 0.37) + (i % 7) / 7);
const LABELS = Uint32Array.from({ length: BATCH }, (_, i) => i);
const CELL = '|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|';

type Wrap = <T>(graph: Graph, build: () => T) => T;
const kept: Wrap = (_, build) => build();
const checkpointed: Wrap = (graph, build) => graph.checkpoint(build);

/** Blocks of two branches with batch norm, which updates running statistics, and dropout. */
function chain(blocks: number, wrap: Wrap): Classifier {
  const weights = new VariableSet('weights');
  const runningStatistics = new VariableSet('averages');
  const layers = Array.from({ length: blocks }, (_, index) =>
    [0, 1].map((branch) => ({
      conv: new Conv2d(weights, `conv ${index} ${branch}`, { inputs: 8, outputs: 4, kernel: 3, padding: 1 }),
      norm: new BatchNorm2d(weights, runningStatistics, `norm ${index} ${branch}`, { channels: 4 }),
    })),
  );
  const linear = new Linear(weights, 'linear', { inputs: 8, outputs: 10 });
  return {
    weights,
    runningStatistics,
    forward: (images) => {
      const { graph } = images;
      let x = images;
      layers.forEach((branches, index) => {
        const block = (input: Value) =>
          concat(branches.map(({ conv, norm }) => norm.forward(conv.forward(relu(input)), 'batch')));
        const dropped = (input: Value) =>
          dropout(block(input), graph.constant([0.2], []), graph.feed('step', [], 'u32'), {
            seed: 5,
            purpose: `block ${index}`,
          });
        x = wrap(graph, () => dropped(x));
      });
      return linear.forward(globalAveragePool(x));
    },
  };
}

function cells(wrap: Wrap): Classifier {
  const settings = { channels: 8, cells: 1, classes: 10, size: SIZE, imageChannels: 8 };
  const network = cellNetwork(parseCell(CELL), settings);
  return {
    ...network,
    forward: (images, mode) => wrap(images.graph, () => network.forward(images, mode)),
  };
}

function traceStep(graph: Graph, network: Classifier, optimizer: Sgd): void {
  const images = graph.feed('images', [BATCH, SIZE, SIZE, 8]);
  const loss = crossEntropy(network.forward(images, 'train'), graph.feed('labels', [BATCH], 'u32'));
  optimizer.apply(loss);
  graph.output('loss', loss);
}

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** Three training steps. @returns all results, and the bytes of the program */
async function train(network: Classifier): Promise<{ state: Uint32Array[]; bytes: number }> {
  const optimizer = new Sgd(network.weights, { learningRate: 0.1, momentum: 0.9 });
  for (const set of [network.weights, network.runningStatistics]) engine.allocate(set, 3);
  optimizer.allocate(engine);
  const program = await engine.compile((graph) => traceStep(graph, network, optimizer));
  for (let step = 0; step < 3; step++)
    program.run({
      images: PIXELS,
      labels: LABELS,
      ...(program.hasFeed('step') ? { step } : {}),
      ...optimizer.feeds(step),
    });
  const state: Uint32Array[] = [new Uint32Array(Float32Array.from(await program.read('loss')).buffer)];
  for (const set of [network.weights, network.runningStatistics, ...optimizer.states])
    state.push(await engine.readSet(set));
  const bytes = program.memoryBytes;
  program.dispose();
  return { state, bytes };
}

describe('checkpoints', () => {
  it('change no bit of losses, weights, running averages and drop-out, and take less memory', async () => {
    const whole = await train(chain(12, kept));
    const parts = await train(chain(12, checkpointed));
    expect(parts.state).toEqual(whole.state);
    expect(parts.bytes).toBeLessThan(0.6 * whole.bytes);
  });

  it('change no bit of the training of a network of NAS-Bench-201', async () => {
    expect((await train(cells(checkpointed))).state).toEqual((await train(cells(kept))).state);
  });

  it('keep no inside value once the gradient has begun', () => {
    const graph = new Graph();
    const network = chain(3, checkpointed);
    traceStep(graph, network, new Sgd(network.weights, { learningRate: 0.1 }));
    const nodes = liveNodes(graph);
    const backward = nodes.findIndex(({ operation }) => operation.name === 'crossEntropyGradient');
    const inside = new Set(nodes.filter(({ segment }) => segment).flatMap(({ outputs }) => outputs));
    const readLate = new Set(
      nodes.slice(backward).flatMap(({ inputs }) => inputs.filter((value) => inside.has(value))),
    );
    // The input of the next block is outside.
    expect([...readLate].map((value) => value.node?.operation.name)).toEqual(Array(readLate.size).fill('dropout'));
    expect(readLate.size).toBe(2);
  });

  it('change no bit where two losses share what is inside', async () => {
    const run = async (wrap: Wrap) => {
      const network = chain(3, wrap);
      engine.allocate(network.weights, 3);
      engine.allocate(network.runningStatistics, 3);
      const { variables } = network.weights;
      const program = await engine.compile((graph) => {
        const images = graph.constant(PIXELS, [BATCH, SIZE, SIZE, 8]);
        for (const labelSmoothing of [0, 0.1]) {
          const labels = graph.constant(LABELS, [BATCH], 'u32');
          const loss = crossEntropy(network.forward(images, 'train'), labels, { labelSmoothing });
          gradients(
            loss,
            variables.map((variable) => graph.read(variable)),
          ).forEach((gradient, index) => {
            if (gradient) graph.output(`${labelSmoothing} ${variables[index].name}`, gradient);
          });
        }
      });
      program.run({ step: 1 });
      const all: Record<string, number[]> = {};
      for (const { name } of variables)
        for (const smoothing of [0, 0.1])
          all[`${smoothing} ${name}`] = Array.from(await program.read(`${smoothing} ${name}`));
      program.dispose();
      return all;
    };
    expect(await run(checkpointed)).toEqual(await run(kept));
  });

  it('change no bit where gates within close parts of them', async () => {
    const run = async (wrap: Wrap) => {
      const weights = new VariableSet('weights');
      const convs = [0, 1, 2, 3].map((i) => new Conv2d(weights, `conv ${i}`, { inputs: 8, outputs: 8, kernel: 1 }));
      engine.allocate(weights, 3);
      const { variables } = weights;
      const program = await engine.compile((graph) => {
        const flags = graph.feed('flags', [2]);
        let x: Value = graph.feed('images', [BATCH, SIZE, SIZE, 8]);
        for (const pair of [convs.slice(0, 2), convs.slice(2)])
          x = wrap(graph, () => {
            const candidates = pair.map((conv, i) => graph.whenOpen(flags, [i], () => relu(conv.forward(relu(x)))));
            return weightedSum(candidates, flags, [0, 1]);
          });
        const loss = mean(multiply(x, x));
        gradients(
          loss,
          variables.map((variable) => graph.read(variable)),
        ).forEach((gradient, index) => {
          if (gradient) graph.output(variables[index].name, gradient);
        });
      });
      const all: number[][] = [];
      for (const flags of [
        [1, 1],
        [1, 0],
        [0, 0.5],
      ]) {
        program.run({ flags, images: PIXELS });
        for (const [i, { name }] of variables.entries())
          if (flags[i % 2] !== 0) all.push(Array.from(await program.read(name)));
      }
      program.dispose();
      return all;
    };
    const whole = await run(kept);
    expect(whole.flat().some((element) => element !== 0)).toBe(true);
    expect(await run(checkpointed)).toEqual(whole);
  });

  it('do updates inside once', () => {
    const count = (wrap: Wrap) => {
      const graph = new Graph();
      const network = chain(3, wrap);
      traceStep(graph, network, new Sgd(network.weights, { learningRate: 0.1 }));
      return liveNodes(graph).filter(({ operation }) => operation.inPlace).length;
    };
    expect(count(checkpointed)).toBe(count(kept));
  });

  it('within others are part of them', () => {
    const graph = new Graph();
    graph.checkpoint(() => {
      const y = relu(graph.feed('x', [2, 4]));
      graph.checkpoint(() => relu(y));
    });
    expect(new Set(graph.nodes.map(({ segment }) => segment)).size).toBe(1);
  });
});
