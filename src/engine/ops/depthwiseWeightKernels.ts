import type { KernelCall } from './operation.js';
import { chunkedCalls, slideOf, type WeightGradientCall } from './weightGradientChunks.js';

/** The gradient of a depthwise convolution's weights; with `relu` of one of max(x, 0). */
export function depthwiseWeightGradientCalls(call: WeightGradientCall & { readonly relu?: boolean }): KernelCall[] {
  const { sizes, dw, relu = false } = call;
  const { slide, spacing } = slideOf(call);
  const copies = sizes.outputs / sizes.channels;
  const taps = sizes.kernel[1] > 3 ? 5 : 3;
  const tapBlocks = Math.ceil(sizes.kernel[1] / taps);
  return chunkedCalls(call, {
    kernel: 'conv/depthwiseWeightGradient',
    constants: { TAPS: taps, SLIDE: slide, RELU: relu },
    uniforms: { tapBlocks, vectors: dw.vectors, copies, spacing },
    blocks: tapBlocks * sizes.kernel[0] * copies * dw.vectors,
    flatten: false,
  });
}
