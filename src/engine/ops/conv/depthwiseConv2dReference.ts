import type { Conv2dSizes } from './conv2dGeometry.js';
import type { DepthwiseAttributes } from './depthwiseConv2dGeometry.js';

/**
 * Calls `visit` with the row-major indices of x [N, H, W, C], w [kernelHeight, kernelWidth, M, C] and y [N, OH, OW, M * C]
 * for every product x * w that a depthwise convolution adds to y.
 */
export function forEachDepthwiseProduct(
  sizes: Conv2dSizes,
  { stride, padding, dilation }: DepthwiseAttributes,
  visit: (x: number, w: number, y: number) => void,
): void {
  const [height, width] = sizes.input;
  const [kernelHeight, kernelWidth] = sizes.kernel;
  const [outputHeight, outputWidth] = sizes.output;
  const { channels, outputs } = sizes;
  for (let pixel = 0; pixel < sizes.images * outputHeight * outputWidth; pixel++) {
    const column = pixel % outputWidth;
    const row = Math.floor(pixel / outputWidth) % outputHeight;
    const image = Math.floor(pixel / outputWidth / outputHeight);
    for (let tap = 0; tap < kernelHeight * kernelWidth; tap++) {
      const xRow = row * stride[0] - padding[0] + Math.floor(tap / kernelWidth) * dilation[0];
      const xColumn = column * stride[1] - padding[1] + (tap % kernelWidth) * dilation[1];
      if (xRow < 0 || xRow >= height || xColumn < 0 || xColumn >= width) continue;
      const x = ((image * height + xRow) * width + xColumn) * channels;
      for (let k = 0; k < outputs; k++) visit(x + (k % channels), tap * outputs + k, pixel * outputs + k);
    }
  }
}

/** The input element, after the ReLU where there is one. */
export function rectified(value: number, { relu }: DepthwiseAttributes): number {
  return relu ? Math.max(value, 0) : value;
}
