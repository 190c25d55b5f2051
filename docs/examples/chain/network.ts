import {
  BatchNorm2d,
  Conv2d,
  globalAveragePool,
  Linear,
  relu,
  type Value,
  VariableSet,
  weightedSum,
} from 'nastransfer/engine';
import type { Classifier, NetworkMode, NetworkSettings, Supernet, SupernetOptions } from 'nastransfer/nas';
import { tableMixtures } from 'nastransfer/nas';
import { type Chain, EDGES, OPERATIONS } from './space.js';

type Block = (x: Value, mode: NetworkMode) => Value;

interface Layers {
  readonly weights: VariableSet;
  readonly runningStatistics: VariableSet;
  /** ReLU, convolution, batch norm. */
  convolution(name: string, inputs: number, outputs: number, kernel: number): Block;
  operation(name: string, index: number, channels: number): Block;
}

function layersOf(running: boolean): Layers {
  const weights = new VariableSet('weights');
  const runningStatistics = new VariableSet('averages');
  const layers: Layers = {
    weights,
    runningStatistics,
    convolution(name, inputs, outputs, kernel) {
      const conv = new Conv2d(weights, `${name}/conv`, { inputs, outputs, kernel, padding: (kernel - 1) / 2 });
      const norm = new BatchNorm2d(weights, runningStatistics, `${name}/norm`, {
        channels: outputs,
        affine: true,
        trackRunningStatistics: running,
      });
      return (x, mode) => norm.forward(conv.forward(x), mode === 'train' || !running ? 'batch' : 'running');
    },
    operation(name, index, channels) {
      if (OPERATIONS[index] === 'skip_connect') return (x) => x;
      const conv = layers.convolution(name, channels, channels, OPERATIONS[index] === 'conv_1x1' ? 1 : 3);
      return (x, mode) => conv(relu(x), mode);
    },
  };
  return layers;
}

function around(
  layers: Layers,
  { channels, cells, classes, imageChannels }: NetworkSettings,
  cell: (n: number) => Block,
) {
  const stem = layers.convolution('stem', imageChannels, channels, 3);
  const blocks = Array.from({ length: cells }, (_, n) => cell(n));
  const classifier = new Linear(layers.weights, 'classifier', { inputs: channels, outputs: classes });
  return (images: Value, mode: NetworkMode) => {
    const features = blocks.reduce((x, block) => block(x, mode), stem(images, mode));
    return classifier.forward(globalAveragePool(relu(features)));
  };
}

export function chainNetwork(chain: Chain, settings: NetworkSettings): Classifier {
  const layers = layersOf(true);
  const forward = around(layers, settings, (n) => {
    const edges = chain.map((operation, edge) =>
      layers.operation(`cell ${n}/edge ${edge}`, operation, settings.channels),
    );
    return (x, mode) => edges.reduce((value, edge) => edge(value, mode), x);
  });
  return { weights: layers.weights, runningStatistics: layers.runningStatistics, forward };
}

/** Every edge gives the sum of all operations, weighted by the softmax of its architecture parameters. */
export function chainSupernet(settings: NetworkSettings, { gated = false }: SupernetOptions): Supernet {
  const layers = layersOf(false);
  const mixtures = tableMixtures([{ name: 'alpha', edges: EDGES, operations: OPERATIONS }], gated);
  let table: Value;
  const forward = around(layers, settings, (n) => {
    const edges = EDGES.map((_, edge) =>
      OPERATIONS.map((name, o) => layers.operation(`cell ${n}/edge ${edge}/${name}`, o, settings.channels)),
    );
    return (x, mode) =>
      edges.reduce((value, candidates, edge) => {
        const values = candidates.map((candidate) => candidate(value, mode));
        const places = candidates.map((_, o) => edge * OPERATIONS.length + o);
        return weightedSum(values, table, places);
      }, x);
  });
  return {
    weights: layers.weights,
    runningStatistics: layers.runningStatistics,
    alphas: mixtures.alphas,
    forward(images, mode, mixture) {
      const [{ weights }] = mixtures.of(images.graph, mixture);
      table = weights;
      return forward(images, mode);
    },
  };
}
