import { type Layer, multiplyAddsOf, outputShape, parametersOf, size } from './layers.js';

/** Layers one after the other, forward or with the gradients of input and parameters for a given gradient of the output. */
export interface OperationWorkload {
  readonly kind: 'operation';
  readonly name: string;
  readonly layers: readonly Layer[];
  /** [N, H, W, C] or [M, K]. */
  readonly input: readonly number[];
  readonly backward: boolean;
}

/** Work by definition, whatever a program does for it. */
export interface Work {
  /** Two a multiply-add; backward counts twice its forward pass. */
  readonly flops: number;
  /** Given tensors read once, results written once, 4 bytes an element. */
  readonly bytes: number;
}

export function workOf({ layers, input, backward }: OperationWorkload): Work {
  let shape = [...input];
  let multiplyAdds = 0;
  let parameters = 0;
  for (const layer of layers) {
    multiplyAdds += multiplyAddsOf(layer, shape);
    for (const parameter of parametersOf(layer, shape)) parameters += size(parameter.shape);
    shape = outputShape(layer, shape);
  }
  const elements = size(input) + parameters + size(shape);
  return { flops: 2 * multiplyAdds * (backward ? 3 : 1), bytes: 4 * elements * (backward ? 2 : 1) };
}

/** The list that is compared with other frameworks: layers of networks on images of CIFAR's size, and matrix products. */
export const KERNEL_LIST: readonly OperationWorkload[] = [
  ...both('conv3x3_n64_c16_32', [64, 32, 32, 16], convolution(16, 3)),
  ...both('conv3x3_n32_c64_16', [32, 16, 16, 64], convolution(64, 3)),
  ...both('conv1x1_n64_c64_16', [64, 16, 16, 64], convolution(64, 1)),
  ...both('dw3x3_n64_c36_32', [64, 32, 32, 36], depthwise(36, 3)),
  ...both('dw5x5_n64_c36_32', [64, 32, 32, 36], depthwise(36, 5)),
  ...both('dw3x3d2_n64_c36_32', [64, 32, 32, 36], depthwise(36, 3, { dilation: 2 })),
  ...both('sepconv3x3_n64_c36_32', [64, 32, 32, 36], ...separable(36, 3), ...separable(36, 3)),
  ...both('maxpool3x3_n64_c36_32', [64, 32, 32, 36], { type: 'maxPool', stride: 1 }),
  ...both('avgpool3x3_n64_c36_32', [64, 32, 32, 36], { type: 'averagePool', stride: 1 }),
  ...both('bn_n64_c36_32', [64, 32, 32, 36], { type: 'batchNorm' }),
  ...both('relu_n64_c36_32', [64, 32, 32, 36], { type: 'relu' }),
  ...both('matmul_512', [512, 512], { type: 'matmul', outputs: 512 }),
  ...both('matmul_1024', [1024, 1024], { type: 'matmul', outputs: 1024 }),
];

/** Other shapes of a search: first layers, reductions, small images, NASNet's rows and columns, a classifier. */
export const MORE_KERNELS: readonly OperationWorkload[] = [
  ...both('conv3x3_n64_c3-16_32', [64, 32, 32, 3], convolution(16, 3)),
  ...both('conv3x3s2_n64_c16-32_32', [64, 32, 32, 16], convolution(32, 3, { stride: 2 })),
  ...both('conv1x1s2_n64_c32-64_16', [64, 16, 16, 32], convolution(64, 1, { stride: 2 })),
  ...both('conv1x1_n64_c36_32', [64, 32, 32, 36], convolution(36, 1)),
  ...both('conv1x7-7x1_n64_c36_32', [64, 32, 32, 36], strip(36, [1, 7]), strip(36, [7, 1])),
  ...both('dw3x3s2_n64_c36_32', [64, 32, 32, 36], depthwise(36, 3, { stride: 2 })),
  ...both('dw5x5d2_n64_c36_32', [64, 32, 32, 36], depthwise(36, 5, { dilation: 2 })),
  ...both('maxpool3x3s2_n64_c36_32', [64, 32, 32, 36], { type: 'maxPool', stride: 2 }),
  ...both('avgpool3x3s2_n64_c36_32', [64, 32, 32, 36], { type: 'averagePool', stride: 2 }),
  ...both('conv3x3_n32_c8_16', [32, 16, 16, 8], convolution(8, 3)),
  ...both('conv3x3_n32_c16_8', [32, 8, 8, 16], convolution(16, 3)),
  ...both('conv1x1_n32_c32_4', [32, 4, 4, 32], convolution(32, 1)),
  ...both('dw3x3_n32_c16_16', [32, 16, 16, 16], depthwise(16, 3)),
  ...both('bn_n32_c16_16', [32, 16, 16, 16], { type: 'batchNorm' }),
  ...both('linear_n64_128-10', [64, 128], { type: 'matmul', outputs: 10 }),
];

interface Spacing {
  readonly stride?: number;
  readonly dilation?: number;
}

function convolution(outputs: number, kernel: number, { stride = 1, dilation = 1 }: Spacing = {}): Layer {
  return { type: 'convolution', kernel: [kernel, kernel], outputs, stride, dilation, groups: 1 };
}

function depthwise(channels: number, kernel: number, { stride = 1, dilation = 1 }: Spacing = {}): Layer {
  return { type: 'convolution', kernel: [kernel, kernel], outputs: channels, stride, dilation, groups: channels };
}

function strip(outputs: number, kernel: [number, number]): Layer {
  return { type: 'convolution', kernel, outputs, stride: 1, dilation: 1, groups: 1 };
}

/** Half of a separable convolution: ReLU, depthwise, pointwise, batch norm (Liu et al. 2019, DARTS, section 3.1.1). */
function separable(channels: number, kernel: number): Layer[] {
  return [{ type: 'relu' }, depthwise(channels, kernel), convolution(channels, 1), { type: 'batchNorm' }];
}

function both(name: string, input: readonly number[], ...layers: Layer[]): OperationWorkload[] {
  return [false, true].map((backward) => ({
    kind: 'operation',
    name: `${name}/${backward ? 'forward+backward' : 'forward'}`,
    layers,
    input,
    backward,
  }));
}
