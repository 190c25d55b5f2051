import { drawHalves } from './halves.js';
import type { SourceRule } from './rule.js';

export const whole: SourceRule = {
  name: 'whole',
  form: 'SET',
  description: 'All training images.',
  draw(context) {
    const { share, ...drawn } = drawHalves(context);
    return { ...drawn, description: `${share}, all ${drawn.classes.length} classes` };
  },
};
