/** One layer of a workload as plain data, which the peers read too. Padding keeps an image's size at stride 1. */
export type Layer =
  | {
      readonly type: 'convolution';
      /** Rows and columns of taps. */
      readonly kernel: readonly [number, number];
      readonly outputs: number;
      readonly stride: number;
      readonly dilation: number;
      readonly groups: number;
    }
  /** Windows of 3x3; the average leaves out what lies outside of the image. */
  | { readonly type: 'maxPool' | 'averagePool'; readonly stride: number }
  /** By the batch's own statistics, with scale and shift. */
  | { readonly type: 'batchNorm' }
  | { readonly type: 'relu' }
  | { readonly type: 'matmul'; readonly outputs: number };

export interface Parameter {
  readonly name: 'weight' | 'gamma' | 'beta';
  readonly shape: readonly number[];
}

/** Parameters of a layer for an input [N, H, W, C] or [M, K]. */
export function parametersOf(layer: Layer, input: readonly number[]): Parameter[] {
  const channels = input[input.length - 1];
  switch (layer.type) {
    case 'convolution':
      return [{ name: 'weight', shape: [...layer.kernel, channels / layer.groups, layer.outputs] }];
    case 'matmul':
      return [{ name: 'weight', shape: [channels, layer.outputs] }];
    case 'batchNorm':
      return [
        { name: 'gamma', shape: [channels] },
        { name: 'beta', shape: [channels] },
      ];
    default:
      return [];
  }
}

/** Shape of a layer's output for an input [N, H, W, C] or [M, K]. */
export function outputShape(layer: Layer, input: readonly number[]): number[] {
  const [first, ...rest] = input;
  switch (layer.type) {
    case 'matmul':
      return [first, layer.outputs];
    case 'convolution':
      return [first, ...rest.slice(0, 2).map((edge) => Math.ceil(edge / layer.stride)), layer.outputs];
    case 'maxPool':
    case 'averagePool':
      return [first, ...rest.slice(0, 2).map((edge) => Math.ceil(edge / layer.stride)), rest[2]];
    default:
      return [...input];
  }
}

/** Multiply-adds of a layer's forward pass, padding counted as if it were image (the usual count); 0 where there are no products. */
export function multiplyAddsOf(layer: Layer, input: readonly number[]): number {
  if (layer.type !== 'convolution' && layer.type !== 'matmul') return 0;
  const outputs = size(outputShape(layer, input));
  const inner = size(parametersOf(layer, input)[0].shape) / layer.outputs;
  return outputs * inner;
}

/** Rows and columns of zeros on each side of the image. */
export function paddingOf({ kernel, dilation }: Extract<Layer, { type: 'convolution' }>): [number, number] {
  return [(dilation * (kernel[0] - 1)) / 2, (dilation * (kernel[1] - 1)) / 2];
}

/** Elements of a shape. */
export function size(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
