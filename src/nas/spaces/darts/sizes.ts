import { SUPERNET_CHANNELS } from '../shared/mixedNode.js';
import type { SpaceSizes } from '../shared/sizes.js';

export const GENOTYPE_SIZES: SpaceSizes = {
  cells: 'in all',
  counted: { channels: 36, cells: 20, classes: 10, size: 32 },
  imagenet: { channels: 48, cells: 14, classes: 1000, size: 224 },
  supernetChannels: SUPERNET_CHANNELS,
  // Chen et al. 2019, P-DARTS (1904.12760), section 4.2.1.
  progressiveCells: [5, 11, 17],
  fitting: {
    sizes: [
      [4, 3, 12],
      [4, 3, 16],
      [8, 3, 16],
      [8, 3, 24],
      [8, 5, 24],
      [8, 5, 32],
      [16, 5, 32],
      [16, 8, 32],
      [24, 14, 32],
      [36, 20, 32],
    ],
    network: { multiplyAdds: 0, pixels: 0.0011 },
    supernet: 0.009,
  },
};
