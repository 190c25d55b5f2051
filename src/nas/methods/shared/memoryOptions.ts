import { z } from 'zod';

/** Options of every method on a supernet that trade time for memory. */
export const memoryOptions = {
  checkpoint: z
    .boolean()
    .default(false)
    .describe('computes the inside of every cell anew for its gradient: about a third slower, the memory of one cell'),
};
