import type { Graph, Node, Value } from '../../engine/graph/graph.js';
import type { Operation } from '../../engine/graph/operation.js';
import type { Variable } from '../../engine/graph/variables.js';
import { conv2dOperation } from '../../engine/ops/conv/conv2d.js';
import { depthwiseConv2dOperation } from '../../engine/ops/conv/depthwiseConv2d.js';
import { assembleGradients } from '../../engine/ops/copy/assembleGradients.js';
import { matmulOperation } from '../../engine/ops/matmul/matmul.js';
import type { Compiler } from '../../engine/runtime/compiler.js';
import type { Feeds, Program } from '../../engine/runtime/program.js';
import type { Classifier, NetworkMode } from '../networks/classifier.js';
import type { NetworkSettings } from '../spaces/shared/networkSettings.js';
import type { ScoreContext } from './score.js';

/** An untrained network while its program is traced. */
export interface TracedNetwork {
  readonly graph: Graph;
  readonly network: Classifier;
  /** Feed [batch, size, size, channels]. */
  readonly images: Value;
  /** Feed u32 [batch]. */
  readonly labels: Value;
  /** [batch, classes] */
  readonly logits: Value;
}

/** An untrained network with initialised weights and its program. */
export interface UntrainedNetwork {
  readonly engine: Compiler;
  readonly network: Classifier;
  readonly program: Program;
  /** Runs the program on the context's images and labels, or on those given. */
  run(feeds?: Feeds): void;
  /** Elements of an output after the last run. */
  read(name: string): Promise<Float32Array>;
}

export interface UntrainedOptions {
  /** Default `train`: batch norm by batch statistics, as in the published scores. */
  readonly mode?: NetworkMode;
  /** Batch size of the program, which takes the first images of the context; default: all. */
  readonly batch?: number;
  /** Default: those of the context. */
  readonly settings?: NetworkSettings;
}

/**
 * Builds the network of an architecture with the space's initial weights (PyTorch's defaults for convolutions and linear
 * layers), compiles a program of it, and frees both when `use` is done.
 * @param build traces what is computed from the logits, and names outputs
 * @throws the signal's reason when the context's signal aborts
 */
export async function withUntrained<T>(
  context: ScoreContext,
  architecture: unknown,
  { mode = 'train', batch = context.batch, settings = context.settings }: UntrainedOptions,
  build: (traced: TracedNetwork) => void,
  use: (untrained: UntrainedNetwork) => Promise<T>,
): Promise<T> {
  const { engine, space, seed } = context;
  const network = space.network(architecture, settings);
  let program: Program | undefined;
  try {
    engine.allocate(network.weights, seed);
    engine.allocate(network.runningStatistics, seed);
    const shape = [batch, settings.size, settings.size, settings.imageChannels];
    program = await engine.compile(
      (graph) => {
        const images = graph.feed('images', shape);
        const labels = graph.feed('labels', [batch], 'u32');
        build({ graph, network, images, labels, logits: network.forward(images, mode) });
      },
      { signal: context.signal },
    );
    context.signal?.throwIfAborted();
    return await use(untrainedNetwork(context, network, program, batch));
  } finally {
    program?.dispose();
    engine.release(network.weights);
    engine.release(network.runningStatistics);
  }
}

function untrainedNetwork(
  { engine, images, labels, batch: given }: ScoreContext,
  network: Classifier,
  program: Program,
  batch: number,
): UntrainedNetwork {
  const batchFeeds: Feeds = {
    images: images.subarray(0, (images.length / given) * batch),
    labels: labels.subarray(0, batch),
  };
  return {
    engine,
    network,
    program,
    run(feeds = {}) {
      const all = { ...batchFeeds, ...feeds };
      program.run(Object.fromEntries(Object.entries(all).filter(([name]) => name in feeds || program.hasFeed(name))));
    },
    async read(name) {
      return (await program.read(name)) as Float32Array;
    },
  };
}

/** Weights of convolutions and linear layers, without biases and batch norm, as in published code. */
export function layerWeights({ weights }: Classifier): Variable[] {
  return weights.variables.filter(({ type }) => type.shape.length >= 2);
}

/** All weights of a network, or their gradients, in the layout of the variable set; padding is zero. */
export type FlatWeights = Float32Array;

/** Adds the gradients of all weights as one output. @param gradients one for each weight, in the set's order */
export function outputGradients(
  graph: Graph,
  name: string,
  network: Classifier,
  gradients: readonly (Value | undefined)[],
): void {
  graph.output(name, assembleGradients(graph, gradients, network.weights));
}

export async function readWeights(engine: Compiler, network: Classifier): Promise<FlatWeights> {
  return new Float32Array((await engine.readSet(network.weights)).buffer);
}

export function writeWeights(engine: Compiler, network: Classifier, weights: FlatWeights): void {
  engine.writeSet(network.weights, new Uint32Array(weights.buffer, weights.byteOffset, weights.length));
}

/** The elements of one variable, including padding. */
export function partOf(weights: FlatWeights, { offset, set }: Variable): FlatWeights {
  const next = set.variables.find((other) => other.offset > offset);
  return weights.subarray(offset, next?.offset ?? weights.length);
}

/** Nodes of the traced graph with one of some operations, in order. */
export function nodesOf(graph: Graph, ...operations: readonly Operation[]): Node[] {
  return graph.nodes.filter(({ operation }) => operations.includes(operation));
}

/** Outputs of convolutions and linear layers, before batch norm. */
export function layerOutputs(graph: Graph): Value[] {
  return nodesOf(graph, conv2dOperation, depthwiseConv2dOperation, matmulOperation).map(({ outputs }) => outputs[0]);
}

/** Outputs of all ReLUs, in order, including those fused with batch norm. Positive where the unit is active. */
export function reluOutputs(graph: Graph): Value[] {
  return graph.nodes
    .filter(({ operation, attributes }) => operation.relu?.applied(attributes))
    .map(({ outputs }) => outputs[0]);
}
