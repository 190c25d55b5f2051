/** Index and label that mark an empty position of a batch: losses, accuracies and gradients skip it. */
export const NO_SAMPLE = 0xffffffff;
