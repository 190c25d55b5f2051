import { createHash } from 'node:crypto';
import { logicalSize, unpack } from '../../src/engine/graph/types.js';
import type { VariableSet } from '../../src/engine/graph/variables.js';
import type { ImageSplit } from '../../src/nas/data/images/imageSet.js';
import type { Classifier, Supernet, SupernetOptions } from '../../src/nas/networks/classifier.js';
import type { Protocol } from '../../src/nas/records/protocol.js';
import { dartsSupernet } from '../../src/nas/spaces/darts/supernet.js';
import { nasbench201 } from '../../src/nas/spaces/nasbench201/space.js';
import type { ArchOptimizer } from '../../src/nas/training/bilevel/bilevelOptions.js';
import { batchesPerEpoch, shuffledBatches } from '../../src/nas/training/loop/batches.js';
import { stripes, tinyCell, tinyProtocol } from '../nas/training/trainingRun.js';
import { SMOOTH_OPTIMIZER, smoothBatches, smoothSupernet } from './smoothProblem.js';

/** Three trainings that are repeated in PyTorch with the same initial weights, images and batches, without augmentation. */
export const SEED = 11;
export const CLASSES = 4;
export const SHAPE = { height: 8, width: 8, channels: 1 };
export const CELL = tinyCell;

const still = { pad: 0, flip: false, cutout: 0 };

/** Ten steps, two per epoch; the last eight images of each epoch's order are not used. Some gradients are clipped, others not. */
export const networkProblem = {
  protocol: {
    ...tinyProtocol,
    epochs: 5,
    augmentation: still,
    optimizer: { ...tinyProtocol.optimizer, clipNorm: 1 },
  } satisfies Protocol,
  train: stripes(40, 1),
  test: stripes(16, 2),
};

/** A search and its supernet. */
export interface SearchProblem {
  readonly protocol: Protocol;
  readonly alphaOptimizer: ArchOptimizer;
  /** The halves of the images, which differ in size. */
  readonly weights: ImageSplit;
  readonly alphas: ImageSplit;
  build(): Supernet;
}

const ALPHA_OPTIMIZER: ArchOptimizer = { learningRate: 3e-4, beta1: 0.5, beta2: 0.999, weightDecay: 1e-3 };

/** Ten steps, one per epoch, so that losses and architecture parameters of each step can be read. */
export const supernetProblem: SearchProblem = {
  protocol: {
    ...tinyProtocol,
    epochs: 10,
    augmentation: still,
    optimizer: { learningRate: 0.025, momentum: 0.9, nesterov: true, weightDecay: 5e-4, clipNorm: 5 },
    schedule: { kind: 'cosine', final: 0.001 },
    labelSmoothing: 0,
  },
  alphaOptimizer: ALPHA_OPTIMIZER,
  weights: stripes(20, 3),
  alphas: stripes(40, 4),
  build: () => nasbench201.supernet(settingsOf(supernetProblem.protocol), SUPERNET_OPTIONS),
};

/**
 * The same for DARTS: a normal cell and two reduction cells. With other images the sign of an activation may depend on
 * rounding, so that float32 diverges from float64 at once.
 */
export const dartsProblem: SearchProblem = {
  ...supernetProblem,
  protocol: { ...supernetProblem.protocol, cells: 3, batch: 4 },
  weights: stripes(5, 7),
  alphas: stripes(9, 6),
  build: () => dartsSupernet(settingsOf(dartsProblem.protocol), SUPERNET_OPTIONS),
};

const SUPERNET_OPTIONS: SupernetOptions = { affine: false, batchNorm: 'batch' };

export function buildNetwork(): Classifier {
  return nasbench201.network(nasbench201.parse(CELL), settingsOf(networkProblem.protocol));
}

function settingsOf({ channels, cells, imageSize: size, imageChannels }: Protocol) {
  return { channels, cells, classes: CLASSES, size, imageChannels };
}

/** All inputs of the PyTorch script, as plain data. */
export function trainingInputs() {
  const { protocol, train } = networkProblem;
  const inputs = {
    network: {
      architecture: CELL,
      protocol,
      weights: initialElements(buildNetwork().weights),
      train: plainImages(train),
      test: plainImages(networkProblem.test),
      batches: orders(train.count, protocol, 'training order').flat(),
    },
    supernet: searchInputs(supernetProblem),
    darts: searchInputs(dartsProblem),
    smooth: {
      optimizer: SMOOTH_OPTIMIZER,
      weights: initialElements(smoothSupernet().weights),
      alphas: initialElements(smoothSupernet().alphas),
      batches: smoothBatches(),
    },
  };
  return { ...inputs, checksum: createHash('sha256').update(JSON.stringify(inputs)).digest('hex') };
}

function searchInputs({ protocol, alphaOptimizer, weights, alphas, build }: SearchProblem) {
  const supernet = build();
  const batches = {
    weights: orders(weights.count, protocol, 'search order weights').flat(),
    // The only step of an epoch uses the first batch of the epoch's order.
    alphas: orders(alphas.count, protocol, 'search order alphas').map(([first]) => first),
  };
  if (batches.weights.length !== protocol.epochs) throw new Error('a search: wanted one step an epoch');
  return {
    protocol,
    alphaOptimizer,
    weights: initialElements(supernet.weights),
    alphas: initialElements(supernet.alphas),
    images: { weights: plainImages(weights), alphas: plainImages(alphas) },
    batches,
  };
}

/** Images of the first step of a search, by index. */
export function firstBatches({ weights, alphas, protocol }: SearchProblem): Record<'weights' | 'alphas', number[]> {
  return {
    weights: orders(weights.count, protocol, 'search order weights')[0][0],
    alphas: orders(alphas.count, protocol, 'search order alphas')[0][0],
  };
}

/** Batches of each epoch, in the trainers' order. */
function orders(count: number, { batch, epochs }: Protocol, purpose: string): number[][][] {
  return Array.from({ length: epochs }, (_, epoch) => {
    const batches = shuffledBatches(count, batch, SEED, purpose, epoch);
    if (batches.length !== batchesPerEpoch(count, batch)) throw new Error(`${purpose}: wanted whole batches`);
    return batches.map((indices) => [...indices]);
  });
}

function plainImages({ pixels, labels }: ImageSplit) {
  return { pixels: [...pixels], labels: [...labels] };
}

/** Elements, row-major, and shape of each variable. */
function initialElements(set: VariableSet): Record<string, { shape: readonly number[]; data: number[] }> {
  set.seal();
  const values = new Float32Array(set.initialWords(SEED).buffer);
  return Object.fromEntries(
    set.variables.map(({ name, type, offset }) => {
      const data = new Float32Array(logicalSize(type));
      unpack(type, values.subarray(offset), data);
      return [name, { shape: type.shape, data: [...data] }];
    }),
  );
}
