import type { KernelCall } from './operation.js';
import { chunkedCalls, slideOf, type WeightGradientCall } from './weightGradientChunks.js';

/** The gradient of a depthwise convolution's weights. */
export function depthwiseWeightGradientCalls(call: WeightGradientCall): KernelCall[] {
  const { sizes, dw } = call;
  const { slide, spacing } = slideOf(call);
  const taps = sizes.kernel[1] > 3 ? 5 : 3;
  const tapBlocks = Math.ceil(sizes.kernel[1] / taps);
  return chunkedCalls(call, {
    kernel: 'conv/depthwiseWeightGradient',
    constants: { TAPS: taps, SLIDE: slide },
    uniforms: { tapBlocks, vectors: dw.vectors, spacing },
    blocks: tapBlocks * sizes.kernel[0] * dw.vectors,
    flatten: false,
  });
}
