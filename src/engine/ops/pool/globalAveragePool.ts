import type { Value } from '../../graph/graph.js';
import type { Operation } from '../../graph/operation.js';
import { product, valueType } from '../../graph/types.js';
import { checkFloat } from '../record/checks.js';
import { checkRank, trafficOnly } from '../record/kernelCall.js';
import { columnSumCalls } from '../record/reduceCalls.js';
import { broadcastCall } from '../reduce/broadcastCall.js';

/**
 * Global average pooling: the mean over all pixels of each image.
 * @param x f32 [N, H, W, C]
 * @returns f32 [N, C]
 * @throws {ShapeError} when x is not of rank 4
 * @throws {DTypeError} when x is u32 or f16
 */
export function globalAveragePool(x: Value): Value {
  return x.graph.apply(globalAveragePoolOperation, [x], {})[0];
}

export const globalAveragePoolOperation: Operation<Record<string, never>> = {
  name: 'globalAveragePool',
  infer: ([x]) => {
    checkFloat('globalAveragePool', 'x', x);
    checkRank('globalAveragePool', 'x', x, 4);
    return [valueType([x.shape[0], x.shape[3]])];
  },
  lower: ({ inputs: [x], outputs: [y], scratch }) => {
    const [groups, height, width] = x.type.shape;
    const rows = height * width;
    return columnSumCalls(x, y, { groups, rows, vectors: x.vectors, factor: 1 / rows }, scratch);
  },
  gradient: ({ inputs: [x], outputGradients: [dy] }) => [
    dy && x.graph.apply(globalAveragePoolGradientOperation, [dy], { height: x.shape[1], width: x.shape[2] })[0],
  ],
  reference: ([x]) => {
    const [batch, height, width, channels] = x.shape;
    const means = new Float64Array(batch * channels);
    x.data.forEach((value, i) => {
      const image = Math.floor(i / (height * width * channels));
      means[image * channels + (i % channels)] += value / (height * width);
    });
    return [means];
  },
  cost: trafficOnly,
  reductionLength: ([x]) => x.shape[1] * x.shape[2],
  samples: [
    { name: 'odd sizes', inputs: [{ shape: [3, 5, 4, 6] }], attributes: {} },
    { name: 'many pixels', inputs: [{ shape: [2, 16, 13, 3] }], attributes: {} },
  ],
};

interface ImageSize {
  readonly height: number;
  readonly width: number;
}

export const globalAveragePoolGradientOperation: Operation<ImageSize> = {
  name: 'globalAveragePoolGradient',
  infer: ([dy], { height, width }) => {
    checkFloat('globalAveragePoolGradient', 'dy', dy);
    checkRank('globalAveragePoolGradient', 'dy', dy, 2);
    return [valueType([dy.shape[0], height, width, dy.shape[1]])];
  },
  lower: ({ inputs: [dy], outputs: [dx], attributes: { height, width }, target }) => [
    broadcastCall(dy, dx, { repeat: height * width, factor: 1 / (height * width) }, target),
  ],
  reference: ([dy], { height, width }) => {
    const [batch, channels] = dy.shape;
    const pixels = height * width;
    return [
      new Float64Array(product([batch, pixels, channels])).map((_, i) => {
        const image = Math.floor(i / (pixels * channels));
        return dy.data[image * channels + (i % channels)] / pixels;
      }),
    ];
  },
  cost: trafficOnly,
  reductionLength: () => 1,
  samples: [{ name: 'odd sizes', inputs: [{ shape: [3, 6] }], attributes: { height: 5, width: 4 } }],
};
