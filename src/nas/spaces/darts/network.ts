import type { Value } from '../../../engine/graph/graph.js';
import { VariableSet } from '../../../engine/graph/variables.js';
import { Linear } from '../../../engine/nn/linear.js';
import { concat } from '../../../engine/ops/copy/concat.js';
import { subsample } from '../../../engine/ops/copy/subsample.js';
import { add } from '../../../engine/ops/elementwise/add.js';
import { scale } from '../../../engine/ops/elementwise/scale.js';
import { globalAveragePool } from '../../../engine/ops/pool/globalAveragePool.js';
import type { Classifier, NetworkMode } from '../../networks/classifier.js';
import { type Block, convBatchNorm, type LayerContext, reluConvBatchNorm } from '../../networks/layers.js';
import type { Regularization } from '../../networks/regularization.js';
import { checkSettings } from '../shared/layerCost.js';
import type { NetworkSettings } from '../shared/networkSettings.js';
import { auxiliaryHead } from './auxiliary.js';
import type { Genotype, GenotypeCell, GenotypeEdge } from './genotype.js';
import { block, candidate, factorizedReduce, POOLS } from './operations.js';
import { type CellPlace, STEM_MULTIPLIER, skeleton } from './skeleton.js';

/**
 * The network of a genotype (Liu et al. 2019, DARTS, sections 3.2 and 3.3): stem, `cells` cells of which those at a third and two
 * thirds halve the image, global average pool, classifier; affine batch norm with running averages throughout, but none after pools.
 * @param settings `cells` counts all cells; `size` a multiple of 4, for ImageNet's network of 32
 * @throws {AttributeError} when the sizes make no network
 */
export function genotypeNetwork(genotype: Genotype, settings: NetworkSettings): Classifier {
  checkSettings('genotypeNetwork', settings, settings.imagenet ? 32 : 4);
  const context: LayerContext = {
    weights: new VariableSet('weights'),
    runningStatistics: new VariableSet('averages'),
    affine: true,
    trackRunningStatistics: true,
  };
  const stem = settings.imagenet ? imagenetStem(context, settings) : cifarStem(context, settings);
  const { cells: places, channels, auxiliary } = skeleton(genotype, settings);
  const cells = places.map((place, index) =>
    genotypeCell(context, `cell ${index}`, place.reduction ? genotype.reduction : genotype.normal, place),
  );
  const classifier = new Linear(context.weights, 'classifier', { inputs: channels, outputs: settings.classes });
  const head = settings.auxiliary ? auxiliaryHead(context, auxiliary, settings) : undefined;
  const features = (images: Value, mode: NetworkMode, regularization: Regularization = {}): Value[] => {
    const values = [...stem(images, mode)];
    for (const cell of cells) values.push(cell(values.at(-2) as Value, values.at(-1) as Value, mode, regularization));
    return values.slice(2);
  };
  const classify = (values: readonly Value[]) => classifier.forward(globalAveragePool(values[cells.length - 1]));
  return {
    weights: context.weights,
    runningStatistics: context.runningStatistics,
    forward: (images, mode) => classify(features(images, mode)),
    train: (images, regularization) => {
      const values = features(images, 'train', regularization);
      return { logits: classify(values), auxiliary: head?.(values[auxiliary.cell], 'train') };
    },
  };
}

/** Both inputs of the first cell. */
type Stem = (images: Value, mode: NetworkMode) => readonly [Value, Value];

/** A 3x3 convolution to three times the channels. */
function cifarStem(context: LayerContext, { imageChannels, channels }: NetworkSettings): Stem {
  const stem = convBatchNorm(context, 'stem', {
    inputs: imageChannels,
    outputs: STEM_MULTIPLIER * channels,
    kernel: 3,
  });
  return (images, mode) => {
    const start = stem(images, mode);
    return [start, start];
  };
}

/** Three 3x3 convolutions of stride 2, the outputs of the second and third are the inputs of the first cell. */
function imagenetStem(context: LayerContext, { imageChannels, channels }: NetworkSettings): Stem {
  const half = channels >> 1;
  const sizes = { outputs: channels, kernel: 3, stride: 2 };
  const first = convBatchNorm(
    context,
    'stem 0/first',
    { ...sizes, inputs: imageChannels, outputs: half },
    { relu: true },
  );
  const second = convBatchNorm(context, 'stem 0/second', { ...sizes, inputs: half });
  const third = reluConvBatchNorm(context, 'stem 1', { ...sizes, inputs: channels });
  return (images, mode) => {
    const quarter = second(first(images, mode), mode);
    return [quarter, third(quarter, mode)];
  };
}

type BuiltCell = (before: Value, last: Value, mode: NetworkMode, regularization: Regularization) => Value;

function genotypeCell(
  context: LayerContext,
  name: string,
  { edges, concat: outputs }: GenotypeCell,
  { inputs, channels, reduction, afterReduction }: CellPlace,
): BuiltCell {
  const preprocess = inputs.map((count, index): Block => {
    const sizes = { inputs: count, outputs: channels };
    const prefix = `${name}/input ${index}`;
    return index === 0 && afterReduction
      ? block(context, prefix, factorizedReduce(context, prefix, sizes))
      : reluConvBatchNorm(context, prefix, { ...sizes, kernel: 1 });
  });
  const built = edges.map((edge, index) =>
    edgeBlock(context, `${name}/edge ${index}`, edge, channels, reduction && edge.from < 2 ? 2 : 1),
  );
  const last = Math.max(1, ...outputs, ...edges.map(({ to }) => to));
  return (before, previous, mode, { dropPath }) => {
    const nodes = [preprocess[0](before, mode), preprocess[1](previous, mode)];
    for (let node = 2; node <= last; node++) {
      const incoming = edges.flatMap(({ from, to }, index) => {
        const operation = to === node ? built[index] : undefined;
        if (!operation) return [];
        const value = operation(nodes[from], mode);
        // Drop path does not apply to identities.
        return dropPath && value !== nodes[from] ? [dropPath(value, `${name}/edge ${index}`)] : [value];
      });
      // A node without edges is zero; a batch norm after it may still add its shift.
      nodes.push(incoming.length > 0 ? add(...incoming) : zero(nodes, reduction));
    }
    return concat(outputs.map((node) => nodes[node]));
  };
}

function zero(nodes: readonly Value[], reduction: boolean): Value {
  return scale(nodes.length > 2 ? nodes[2] : reduction ? subsample(nodes[0]) : nodes[0], 0);
}

/** The operation of an edge; undefined for `none`. A pool has no batch norm here, unlike in the search network, where its output has to match the other candidates. */
function edgeBlock(
  context: LayerContext,
  name: string,
  { operation }: GenotypeEdge,
  channels: number,
  stride: 1 | 2,
): Block | undefined {
  const built = candidate(operation, context, name, { channels, stride });
  if (!built) return operation === 'none' ? undefined : (x) => x;
  return POOLS.has(operation) ? built.compute : block(context, name, built);
}
