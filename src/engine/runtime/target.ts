import type { DeviceDescription } from '../device/description.js';
import type { KernelTarget } from '../graph/kernelTarget.js';

/** The kernel target of a device: what kernels may rely on, and what they are shaped for. */
export function targetOf(gpu: DeviceDescription): KernelTarget {
  const { subgroupLanes, features } = gpu;
  return { softwareLanes: softwareLanes(gpu), subgroupLanes, f16: features.has('shader-f16') };
}

/** SIMD lanes of a software driver: 8 where subgroups of 8 are guaranteed (lavapipe on AVX), otherwise 4; 0 on a GPU. */
function softwareLanes({ info, subgroupLanes }: DeviceDescription): number {
  if (info.kind === 'hardware') return 0;
  return info.kind === 'lavapipe' && subgroupLanes >= 8 ? 8 : 4;
}
