import { AttributeError, ShapeError } from '../../errors/errors.js';
import type { Value } from '../../graph/graph.js';
import type { KernelCall, Lowering, Operation } from '../../graph/operation.js';
import { physicalSize, type ValueType, valueType } from '../../graph/types.js';
import { philox4x32, purposeKey } from '../../random/philox.js';
import { gridOf, viewUniforms } from '../record/kernelCall.js';
import { checkIntegerList, checkScalar, checkShape } from '../record/shapeChecks.js';

/** Random augmentation of training images. */
export interface Augmentation {
  /** Pixels of zero padding on each side before a random crop to the original size; 0: no crop. */
  readonly pad: number;
  /** Horizontal flip with probability 1/2. */
  readonly flip: boolean;
  /** Edge in pixels of a square set to zero (an odd edge is rounded down to even); 0: none. */
  readonly cutout: number;
}

/** Size of the images in pixels, augmentation, and key of its random numbers. */
export interface GatherImagesAttributes extends Augmentation {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** An unsigned 32-bit integer. */
  readonly seed: number;
  /** Different purposes give independent numbers. */
  readonly purpose: string;
}

/**
 * Gathers a batch of images from bytes on the device, augmented and normalised: (byte / 255 - mean) / deviation.
 * The byte image is padded with zero bytes (which normalise to -mean / deviation, as with torchvision's RandomCrop before
 * Normalize), cropped at a random position, flipped, normalised; then a square with a uniformly drawn centre, clipped at
 * the borders, is set to zero (cutout: DeVries and Taylor 2017, as in the code of DARTS). Random numbers depend only on
 * (seed, purpose, step, position in the batch).
 * @param words u32 [words]: the images in NHWC order as bytes, four per word, the first in the lowest bits
 * @param indices u32 [batch]; NO_SAMPLE, or any index beyond the last image, gives an image of zeros
 * @param mean f32 [channels], of bytes / 255
 * @param deviation standard deviation, f32 [channels], of bytes / 255
 * @param attributes height, width and channels of an image; augmentation (none where absent); seed, an unsigned 32-bit
 * integer (0), and purpose of the random numbers ("augmentation")
 * @param step u32 scalar, the number of the training step; optional without augmentation
 * @returns f32 [batch, height, width, channels]
 * @throws {AttributeError} when `step` is missing with augmentation, or an attribute is out of its range
 * @throws {ShapeError} when `words` holds less than one image, or another shape does not fit
 * @throws {DTypeError} when an element type is not as above
 * @throws {OwnershipError} when the values belong to different graphs
 */
export function gatherImages(
  words: Value,
  indices: Value,
  mean: Value,
  deviation: Value,
  attributes: Partial<Omit<GatherImagesAttributes, 'height' | 'width' | 'channels'>> &
    Pick<GatherImagesAttributes, 'height' | 'width' | 'channels'>,
  step?: Value,
): Value {
  const all = { pad: 0, flip: false, cutout: 0, seed: 0, purpose: 'augmentation', ...attributes };
  if (!step && augments(all))
    throw new AttributeError(
      'gatherImages: got no step, wanted a u32 scalar: augmentation depends on the step; pass one or turn augmentation off',
    );
  const counter = step ?? words.graph.constant([0], [], 'u32');
  return words.graph.apply(gatherImagesOperation, [words, indices, mean, deviation, counter], all)[0];
}

function augments({ pad, flip, cutout }: Augmentation): boolean {
  return pad > 0 || flip || cutout > 0;
}

function inferImages(types: readonly ValueType[], attributes: GatherImagesAttributes): ValueType[] {
  const [words, indices, mean, deviation, step] = types;
  checkIntegerList('gatherImages', 'words', words);
  checkIntegerList('gatherImages', 'indices', indices);
  const { height, width, channels, pad, cutout, seed } = attributes;
  for (const [name, value, least] of [
    ['height', height, 1],
    ['width', width, 1],
    ['channels', channels, 1],
    ['pad', pad, 0],
    ['cutout', cutout, 0],
    ['seed', seed, 0],
  ] as const)
    if (!Number.isInteger(value) || value < least || value > 0xffffffff)
      throw new AttributeError(`gatherImages: ${name} is ${value}, wanted an integer from ${least}`);
  checkShape('gatherImages', 'mean', mean, [channels]);
  checkShape('gatherImages', 'deviation', deviation, [channels]);
  checkScalar('gatherImages', 'step', step, 'u32');
  if (imageCount(words, attributes) < 1)
    throw new ShapeError(
      `gatherImages: words holds ${words.shape[0] * 4} bytes, wanted at least one image of ${height} x ${width} x ${channels}`,
    );
  return [valueType([indices.shape[0], height, width, channels])];
}

function imageCount(words: { readonly shape: readonly number[] }, { height, width, channels }: GatherImagesAttributes) {
  return Math.floor((words.shape[0] * 4) / (height * width * channels));
}

function lowerImages({ inputs, outputs: [y], attributes, scratch }: Lowering<GatherImagesAttributes>): KernelCall[] {
  const [words, indices, mean, deviation, step] = inputs;
  const { height, width, channels, pad, flip, cutout, seed, purpose } = attributes;
  const batch = indices.type.shape[0];
  const augment = augments(attributes);
  const draws = augment ? scratch(batch * 8) : indices.operand;
  const gather: KernelCall = {
    kernel: 'data/gatherImages',
    constants: { AUGMENT: augment },
    uniforms: {
      rows: y.rows,
      vectors: y.vectors,
      images: imageCount(words.type, attributes),
      height,
      width,
      channels,
      pad,
      ...viewUniforms('y', y),
    },
    bindings: {
      words: words.operand,
      indices: indices.operand,
      mean: mean.operand,
      deviation: deviation.operand,
      draws,
      y: y.operand,
    },
    grid: gridOf(y.rows * y.vectors),
  };
  if (!augment) return [gather];
  const draw: KernelCall = {
    kernel: 'data/drawAugmentation',
    uniforms: { batch, height, width, pad, flip: flip ? 1 : 0, cutout, seed, purpose: purposeKey(purpose) },
    bindings: { step: step.operand, draws },
    grid: [Math.ceil(batch / 64), 1, 1],
  };
  return [draw, gather];
}

/** The random augmentation of one image of a batch. */
interface Draws {
  readonly cropRow: number;
  readonly cropColumn: number;
  readonly flipped: boolean;
  /** First row, row after the last, first column, column after the last of the cutout square. */
  readonly cut: readonly [number, number, number, number];
}

function drawAugmentation(attributes: GatherImagesAttributes, place: number, step: number): Draws {
  const { height, width, pad, flip, cutout, seed, purpose } = attributes;
  const key = [seed, purposeKey(purpose)] as const;
  const crop = philox4x32([place, step, 0, 0], key);
  const cut = philox4x32([place, step, 1, 0], key);
  const below = (word: number, limit: number) => Math.floor((word * limit) / 2 ** 32);
  const half = Math.floor(cutout / 2);
  const row = below(cut[0], height);
  const column = below(cut[1], width);
  return {
    cropRow: below(crop[0], 2 * pad + 1),
    cropColumn: below(crop[1], 2 * pad + 1),
    flipped: flip && crop[2] >= 2 ** 31,
    cut: [
      Math.max(row - half, 0),
      Math.min(row + half, height),
      Math.max(column - half, 0),
      Math.min(column + half, width),
    ],
  };
}

const image3 = { height: 5, width: 6, channels: 3, seed: 3, purpose: 'training images' };
const image1 = { height: 7, width: 7, channels: 1, seed: 4, purpose: 'training images' };
/** Three images of 5 x 6 x 3 with bytes left over, or five of 7 x 7 x 1. */
const sampleInputs = (words: number, batch: number, channels: number) => [
  { shape: [words], dtype: 'u32' as const, fill: { integersBelow: 2 ** 32 } },
  { shape: [batch], dtype: 'u32' as const, fill: { integersBelow: 4 } },
  { shape: [channels], fill: 'unit' as const },
  { shape: [channels], fill: 'positive' as const },
  { shape: [], dtype: 'u32' as const, fill: { integersBelow: 1000 } },
];

export const gatherImagesOperation: Operation<GatherImagesAttributes> = {
  name: 'gatherImages',
  infer: inferImages,
  lower: lowerImages,
  reference: ([words, indices, mean, deviation, step], attributes) => {
    const { height, width, channels, pad } = attributes;
    const batch = indices.data.length;
    const images = imageCount(words, attributes);
    const y = new Float64Array(batch * height * width * channels);
    for (let place = 0; place < batch; place++) {
      const image = indices.data[place];
      const { cropRow, cropColumn, flipped, cut } = drawAugmentation(attributes, place, step.data[0]);
      if (image >= images) continue;
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++) {
          if (row >= cut[0] && row < cut[1] && column >= cut[2] && column < cut[3]) continue;
          const sourceRow = row + cropRow - pad;
          const sourceColumn = (flipped ? width - 1 - column : column) + cropColumn - pad;
          const inside = sourceRow >= 0 && sourceRow < height && sourceColumn >= 0 && sourceColumn < width;
          for (let channel = 0; channel < channels; channel++) {
            const position = ((image * height + sourceRow) * width + sourceColumn) * channels + channel;
            const word = inside ? words.data[Math.floor(position / 4)] : 0;
            const byte = Math.floor(word / 256 ** (position % 4)) % 256;
            y[((place * height + row) * width + column) * channels + channel] =
              (byte / 255 - mean.data[channel]) / deviation.data[channel];
          }
        }
    }
    return [y];
  },
  cost: (_, [y], { channels }) => ({
    multiplyAdds: 0,
    bytes: physicalSize(y) * 4 + (physicalSize(y) / (Math.ceil(channels / 4) * 4)) * channels,
  }),
  reductionLength: () => 2,
  samples: [
    {
      name: 'crop, flip and cutout of colour images',
      inputs: sampleInputs(68, 6, 3),
      attributes: { ...image3, pad: 2, flip: true, cutout: 3 },
    },
    {
      name: 'crop and flip of grey images',
      inputs: sampleInputs(62, 5, 1),
      attributes: { ...image1, pad: 1, flip: true, cutout: 0 },
    },
    { name: 'cutout', inputs: sampleInputs(62, 5, 1), attributes: { ...image1, pad: 0, flip: false, cutout: 4 } },
    {
      name: 'no augmentation, some indices without an image',
      inputs: sampleInputs(68, 9, 3),
      attributes: { ...image3, pad: 0, flip: false, cutout: 0 },
    },
  ],
};
