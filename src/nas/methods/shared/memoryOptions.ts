import { z } from 'zod';

/** Options of every method on a supernet that trade time for memory (gradient checkpointing). */
export const memoryOptions = {
  checkpoint: z
    .boolean()
    .default(false)
    .describe(
      'recomputes the inside of every cell in the backward pass: about a third slower, with the memory of one cell',
    ),
};
