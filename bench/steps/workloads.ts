/**
 * A training step: forward, softmax cross entropy, backward, update. `update` says of what:
 * - `weights`: SGD with momentum on all weights of a network;
 * - `together`: the same on weights and architecture parameters of a supernet, from one backward pass;
 * - `bilevel`: first-order DARTS: Adam on the architecture parameters by one batch, then SGD on the weights by another.
 */
export interface StepWorkload {
  readonly kind: 'step';
  readonly name: string;
  readonly network: 'resnet20' | 'nasbench201' | 'nasbench201Supernet' | 'dartsSupernet';
  readonly update: 'weights' | 'together' | 'bilevel';
  readonly batch: number;
  /** Edge of the images in pixels. */
  readonly size: number;
  readonly imageChannels: number;
  /** Of the first stage. */
  readonly channels: number;
  /** NAS-Bench-201: cells per stage; DARTS: all cells. */
  readonly cells: number;
  readonly classes: number;
  /** Cell of NAS-Bench-201. */
  readonly architecture?: string;
}

export const LEARNING_RATE = 0.025;
export const MOMENTUM = 0.9;
export const ALPHA_ADAM = { learningRate: 3e-4, beta1: 0.5, beta2: 0.999, weightDecay: 1e-3 };

const FIVE_CONVOLUTIONS =
  '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|';

const cifar = { kind: 'step', size: 32, imageChannels: 3, classes: 10 } as const;
/** Batch and sizes of the quickstart study. */
const quickstart = { kind: 'step', batch: 32, size: 16, imageChannels: 1, channels: 8, cells: 1, classes: 10 } as const;

export const STEPS: readonly StepWorkload[] = [
  { ...cifar, name: 'resnet20_b64', network: 'resnet20', update: 'weights', batch: 64, channels: 16, cells: 3 },
  {
    ...cifar,
    name: 'nb201_c16n1_b64',
    network: 'nasbench201',
    architecture: FIVE_CONVOLUTIONS,
    update: 'weights',
    batch: 64,
    channels: 16,
    cells: 1,
  },
  {
    ...quickstart,
    name: 'nb201_c8n1_16_b32',
    network: 'nasbench201',
    architecture: FIVE_CONVOLUTIONS,
    update: 'weights',
  },
  { ...quickstart, name: 'nb201_supernet_c8n1_16_b32/bilevel', network: 'nasbench201Supernet', update: 'bilevel' },
  ...darts('darts_c8_l4_b16', 8, 4),
  ...darts('darts_c16_l8_b16', 16, 8),
];

/** Steps that take minutes without a GPU: only where they are named. */
export const LARGE_STEPS: readonly StepWorkload[] = darts('darts_c16_l8_b64', 16, 8, 64);

/** Steps that are compared with other frameworks. */
export const PEER_STEPS: readonly StepWorkload[] = STEPS.filter(
  ({ name }) => !name.startsWith('darts') || name === 'darts_c8_l4_b16/together',
);

function darts(name: string, channels: number, cells: number, batch = 16): StepWorkload[] {
  return (['together', 'bilevel'] as const).map((update) => ({
    ...cifar,
    name: `${name}/${update}`,
    network: 'dartsSupernet',
    update,
    batch,
    channels,
    cells,
  }));
}
