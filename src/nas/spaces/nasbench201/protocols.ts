import type { Protocol } from '../../records/protocol.js';
import type { SpaceProtocols } from '../shared/sizes.js';

/** How NAS-Bench-201 trains every cell on CIFAR-10 (Dong and Yang 2020, 2001.00326, table 1). */
export const TRAINING_PROTOCOL: Protocol = {
  channels: 16,
  cells: 5,
  imageSize: 32,
  imageChannels: 3,
  epochs: 200,
  batch: 256,
  optimizer: { learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4, clipNorm: 0 },
  schedule: { kind: 'cosine', final: 0 },
  augmentation: { pad: 4, flip: true, cutout: 0 },
  labelSmoothing: 0,
  dropPath: 0,
  auxiliaryWeight: 0,
};

/** The short training that ranks candidates: NAS-Bench-201's reduced schedule, a cosine over 12 epochs. */
export const FITNESS_PROTOCOL: Protocol = { ...TRAINING_PROTOCOL, epochs: 12 };

/** Training of the supernet's weights in NAS-Bench-201's weight-sharing baselines (2001.00326, section 5, DARTS). */
export const SEARCH_PROTOCOL: Protocol = {
  ...TRAINING_PROTOCOL,
  epochs: 50,
  batch: 64,
  optimizer: { learningRate: 0.025, momentum: 0.9, nesterov: true, weightDecay: 5e-4, clipNorm: 5 },
  schedule: { kind: 'cosine', final: 0.001 },
};

export const CELL_PROTOCOLS: SpaceProtocols = {
  search: SEARCH_PROTOCOL,
  training: TRAINING_PROTOCOL,
  fitness: { epochs: FITNESS_PROTOCOL.epochs },
};
