import { z } from 'zod';
import type { SourceRule } from './rule.js';
import { whole } from './whole.js';

export const images: SourceRule = {
  name: 'images',
  form: 'SET:images=0.25',
  description: 'Every class, with the same fraction of its images; a limit says the number instead.',
  parameter: {
    field: 'fraction',
    schema: z.number().gt(0).max(1).optional().describe('rule images: the fraction of every class that is kept'),
    wanted: (fraction, { limit }) =>
      (fraction === undefined ? limit === undefined : !(fraction > 0 && fraction <= 1))
        ? 'a number above 0 and at most 1 (or a limit)'
        : undefined,
  },
  draw: whole.draw,
};
