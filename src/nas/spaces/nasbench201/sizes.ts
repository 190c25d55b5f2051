import { SUPERNET_CHANNELS } from '../shared/mixedNode.js';
import type { SpaceSizes } from '../shared/sizes.js';

export const CELL_SIZES: SpaceSizes = {
  cells: 'per stage',
  counted: { channels: 16, cells: 5, classes: 10, size: 32 },
  supernetChannels: SUPERNET_CHANNELS,
  fitting: {
    sizes: [
      [4, 1, 12],
      [8, 1, 12],
      [8, 1, 16],
      [8, 1, 24],
      [8, 1, 32],
      [16, 1, 32],
      [16, 2, 32],
      [16, 3, 32],
      [16, 5, 32],
    ],
    network: { multiplyAdds: 0.7, pixels: 0.00025 },
    supernet: 0.0065,
  },
  quickstart: {
    // On the first, a short training distinguishes digits better than a linear classifier does; on smaller networks it does not.
    networks: [
      { channels: 4, cells: 1, imageSize: 12, batch: 16, pad: 0 },
      { channels: 8, cells: 1, imageSize: 16, batch: 16, pad: 0 },
      { channels: 8, cells: 1, imageSize: 28, batch: 32, pad: 2 },
      { channels: 16, cells: 1, imageSize: 28, batch: 32, pad: 2 },
      { channels: 16, cells: 2, imageSize: 28, batch: 64, pad: 2 },
      { channels: 16, cells: 5, imageSize: 28, batch: 64, pad: 2 },
    ],
    typical: '|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|none~2|',
  },
};
