import { Random } from '../../../src/engine/random/random.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import type { ImageSplit } from '../../../src/nas/data/images/imageSet.js';
import type { Protocol } from '../../../src/nas/records/protocol.js';
import { nasbench201 } from '../../../src/nas/spaces/nasbench201/space.js';
import { Trainer } from '../../../src/nas/training/network/trainer.js';

export const tinyProtocol: Protocol = {
  channels: 4,
  cells: 1,
  imageSize: 8,
  imageChannels: 1,
  epochs: 10,
  batch: 16,
  optimizer: { learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4, clipNorm: 5 },
  schedule: { kind: 'cosine', final: 0 },
  augmentation: { pad: 1, flip: true, cutout: 2 },
  labelSmoothing: 0.1,
  dropPath: 0,
  auxiliaryWeight: 0,
};

export const tinyCell =
  '|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|avg_pool_3x3~0|skip_connect~1|nor_conv_3x3~2|';

/**
 * Grey 8x8 images of four classes that are invariant to shifts and flips: stripes along rows or columns, one or two pixels
 * wide, on noise.
 */
export function stripes(count: number, seed: number): ImageSplit {
  const random = new Random(seed, 'stripes');
  const pixels = new Uint8Array(count * 64);
  const labels = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = i % 4;
    const width = 1 + (labels[i] >> 1);
    for (let p = 0; p < 64; p++) {
      const place = labels[i] % 2 === 0 ? p >> 3 : p % 8;
      pixels[i * 64 + p] = random.integer(90) + (Math.floor(place / width) % 2) * 150;
    }
  }
  return { count, pixels, labels };
}

/** Trains the tiny network. @returns the loss of every epoch, the test accuracy and the trained weights as bits */
export async function trainTiny(
  engine: Engine,
  { epochs = tinyProtocol.epochs, images = 48, seed = 5, channels = tinyProtocol.channels } = {},
): Promise<{ losses: number[]; accuracy: number; weights: Uint32Array }> {
  const protocol = { ...tinyProtocol, epochs, channels };
  const { cells, imageSize: size, imageChannels } = protocol;
  const classes = 4;
  const network = nasbench201.network(nasbench201.parse(tinyCell), { channels, cells, classes, size, imageChannels });
  const trainer = await Trainer.create({
    engine,
    network,
    data: { shape: { height: 8, width: 8, channels: 1 }, train: stripes(images, 1), test: stripes(30, 2) },
    protocol,
    seed,
  });
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) losses.push((await trainer.epoch()).trainLoss);
  const { accuracy } = await trainer.evaluate();
  const weights = await engine.readSet(network.weights);
  trainer.dispose();
  engine.release(network.weights);
  engine.release(network.runningStatistics);
  return { losses, accuracy, weights };
}
