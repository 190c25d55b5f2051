import type { KernelTarget } from '../../../src/engine/ops/operation.js';

/** Devices whose kernels run on any other: a real GPU, and a software driver of four lanes. */
export const portableTargets: readonly KernelTarget[] = [{ softwareLanes: 0 }, { softwareLanes: 4 }];
