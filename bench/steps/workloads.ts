/** One operation at a size, forward or with the gradients of all its inputs for a given gradient of its output. */
export interface OperationWorkload {
  readonly kind: 'operation';
  readonly name: string;
  readonly operation: 'conv' | 'depthwise' | 'maxPool' | 'averagePool' | 'batchNorm' | 'relu';
  readonly backward: boolean;
  /** [N, H, W, C] of the input. */
  readonly shape: readonly [number, number, number, number];
  /** Edge of the kernel or window in pixels; stride 1, padded to the input's size. */
  readonly kernel: number;
}

interface StepWorkload {
  readonly name: string;
  readonly batch: number;
  readonly size: number;
  readonly imageChannels: number;
  readonly channels: number;
  /** Cells per stage. */
  readonly cells: number;
  readonly classes: number;
}

/** A training step of a network: forward, cross entropy, backward, SGD with momentum 0.9. */
export interface NetworkWorkload extends StepWorkload {
  readonly kind: 'network';
  readonly architecture: string;
}

/** A step of DARTS, first order: Adam on the architecture parameters by one batch, then SGD on the weights by another. */
export interface SupernetWorkload extends StepWorkload {
  readonly kind: 'supernet';
}

export type Workload = OperationWorkload | NetworkWorkload | SupernetWorkload;

export const LEARNING_RATE = 0.025;
export const MOMENTUM = 0.9;
export const ALPHA_ADAM = { learningRate: 3e-4, beta1: 0.5, beta2: 0.999, weightDecay: 1e-3 };

const FIVE_CONVOLUTIONS =
  '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|';

/** Batches and sizes of the quickstart study, and the published network's first stage at CIFAR's size. */
const small = { size: 16, imageChannels: 1, channels: 8, cells: 1, classes: 10 };

export const workloads: readonly Workload[] = [
  ...operation('conv', [64, 32, 32, 16], 3),
  ...operation('conv', [32, 16, 16, 64], 3),
  ...operation('conv', [64, 16, 16, 64], 1),
  ...operation('depthwise', [64, 32, 32, 36], 3),
  ...operation('maxPool', [64, 32, 32, 36], 3),
  ...operation('averagePool', [64, 32, 32, 36], 3),
  ...operation('batchNorm', [64, 32, 32, 36], 1),
  ...operation('relu', [64, 32, 32, 36], 1),
  { kind: 'network', name: 'nb201_c8n1_16_b32', architecture: FIVE_CONVOLUTIONS, batch: 32, ...small },
  { kind: 'network', name: 'nb201_c8n1_16_b64', architecture: FIVE_CONVOLUTIONS, batch: 64, ...small },
  { kind: 'supernet', name: 'supernet_c8n1_16_b32', batch: 32, ...small },
  {
    kind: 'network',
    name: 'nb201_c16n1_b64',
    architecture: FIVE_CONVOLUTIONS,
    batch: 64,
    size: 32,
    imageChannels: 3,
    channels: 16,
    cells: 1,
    classes: 10,
  },
];

function operation(
  operation: OperationWorkload['operation'],
  shape: OperationWorkload['shape'],
  kernel: number,
): OperationWorkload[] {
  const [images, size, , channels] = shape;
  const name = `${operation}${kernel > 1 || operation === 'conv' ? `${kernel}x${kernel}` : ''}_n${images}_c${channels}_${size}`;
  return [false, true].map((backward) => ({
    kind: 'operation',
    name: `${name}/${backward ? 'forward+backward' : 'forward'}`,
    operation,
    backward,
    shape,
    kernel,
  }));
}
