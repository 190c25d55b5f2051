/** How a network, or a supernet's weights, is trained: plain data, recorded with every result. */
export interface Protocol {
  /** Channels of the first stage (C). */
  readonly channels: number;
  /** Cells per stage (N), or all cells, as the space counts them. */
  readonly cells: number;
  /** Image edge in pixels that every image is resized to. */
  readonly imageSize: number;
  /** 1: colour images are converted to grey; 3: the channel of grey images is repeated. */
  readonly imageChannels: 1 | 3;
  readonly epochs: number;
  readonly batch: number;
  readonly optimizer: SgdSettings;
  readonly schedule: ScheduleSettings;
  readonly augmentation: AugmentationSettings;
  /** Probability mass moved from the true class to the uniform distribution. */
  readonly labelSmoothing: number;
  /** Final probability of drop path, which rises linearly from 0; 0: none. Only in spaces with `regularized` networks. */
  readonly dropPath: number;
  /** Weight of the auxiliary classifier's loss; 0: there is none. Only in spaces with `regularized` networks. */
  readonly auxiliaryWeight: number;
}

/** Stochastic gradient descent; weight decay is coupled (added to the gradient). */
export interface SgdSettings {
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
  /** Largest 2-norm of the whole gradient; 0: not clipped. */
  readonly clipNorm: number;
}

/** Schedule of the learning rate from its initial to its `final` value over the steps of a run. */
export interface ScheduleSettings {
  readonly kind: 'cosine' | 'linear' | 'constant';
  readonly final: number;
}

export interface AugmentationSettings {
  /** Zero padding in pixels before a random crop back to the image size; 0: no crop. */
  readonly pad: number;
  /** Horizontal flip with probability one half. */
  readonly flip: boolean;
  /** Edge of a square of zeros at a random centre, after normalisation; 0: none. */
  readonly cutout: number;
}
