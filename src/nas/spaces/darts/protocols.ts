import type { Protocol } from '../../records/protocol.js';
import type { SpaceProtocols } from '../shared/sizes.js';

/** How DARTS trains a genotype on CIFAR-10 (Liu et al. 2019, 1806.09055, section 3.2). */
const TRAINING: Protocol = {
  channels: 36,
  cells: 20,
  imageSize: 32,
  imageChannels: 3,
  epochs: 600,
  batch: 96,
  optimizer: { learningRate: 0.025, momentum: 0.9, nesterov: false, weightDecay: 3e-4, clipNorm: 5 },
  schedule: { kind: 'cosine', final: 0 },
  augmentation: { pad: 4, flip: true, cutout: 16 },
  labelSmoothing: 0,
  dropPath: 0.2,
  auxiliaryWeight: 0.4,
};

/** The small networks of a search are trained without regularization. */
const UNREGULARIZED = {
  augmentation: { ...TRAINING.augmentation, cutout: 0 },
  dropPath: 0,
  auxiliaryWeight: 0,
};

export const GENOTYPE_PROTOCOLS: SpaceProtocols = {
  // Liu et al. 2019, appendix A.1.
  search: {
    ...TRAINING,
    ...UNREGULARIZED,
    channels: 16,
    cells: 8,
    epochs: 50,
    batch: 64,
    schedule: { kind: 'cosine', final: 0.001 },
  },
  training: TRAINING,
  // NSGANet (Lu et al. 2019, 1810.03522), the search in the micro space.
  fitness: { ...UNREGULARIZED, channels: 16, cells: 8, epochs: 20, batch: 128 },
};
