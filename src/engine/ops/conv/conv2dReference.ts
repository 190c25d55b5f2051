import type { Conv2dAttributes, Conv2dSizes } from './conv2dGeometry.js';

/**
 * Calls `visit` with the row-major indices of x, w and y for every product x * w that a convolution adds to y, by its
 * definition as a cross-correlation (Goodfellow et al. 2016, Deep Learning, eq. 9.6).
 */
export function forEachProduct(
  sizes: Conv2dSizes,
  { stride, padding, dilation, groups }: Conv2dAttributes,
  visit: (x: number, w: number, y: number) => void,
): void {
  const [height, width] = sizes.input;
  const [kernelHeight, kernelWidth] = sizes.kernel;
  const [outputHeight, outputWidth] = sizes.output;
  const { channels, outputs } = sizes;
  const groupChannels = channels / groups;
  const groupOutputs = outputs / groups;
  for (let n = 0; n < sizes.images; n++)
    for (let oh = 0; oh < outputHeight; oh++)
      for (let ow = 0; ow < outputWidth; ow++)
        for (let kh = 0; kh < kernelHeight; kh++)
          for (let kw = 0; kw < kernelWidth; kw++) {
            const ih = oh * stride[0] - padding[0] + kh * dilation[0];
            const iw = ow * stride[1] - padding[1] + kw * dilation[1];
            if (ih < 0 || ih >= height || iw < 0 || iw >= width) continue;
            const x = ((n * height + ih) * width + iw) * channels;
            const y = ((n * outputHeight + oh) * outputWidth + ow) * outputs;
            const w = (kh * kernelWidth + kw) * groupChannels * outputs;
            for (let k = 0; k < outputs; k++) {
              const group = Math.floor(k / groupOutputs);
              for (let c = 0; c < groupChannels; c++) visit(x + group * groupChannels + c, w + c * outputs + k, y + k);
            }
          }
}
