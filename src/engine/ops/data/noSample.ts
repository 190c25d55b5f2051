/** The index and the label of a place in a batch that holds no sample: the rest of a batch that is not full. */
export const NO_SAMPLE = 0xffffffff;
