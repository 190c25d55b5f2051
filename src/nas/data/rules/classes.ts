import { z } from 'zod';
import { Random } from '../../../engine/random/random.js';
import { SourceError } from '../images/errors.js';
import { indicesByClass } from '../images/selection.js';
import { drawHalves } from './halves.js';
import type { DrawContext, SourceRule } from './rule.js';

export const classes: SourceRule = {
  name: 'classes',
  form: 'SET:classes=5',
  description:
    'A number of classes, drawn at random, with all their images, or with a limit as many as other sources with that limit have: fewer classes rather than fewer images of each.',
  parameter: {
    field: 'classes',
    schema: z.int().min(2).optional().describe('rule classes: how many are drawn'),
    wanted: (count) => (Number.isInteger(count) && count! >= 2 ? undefined : 'a whole number of at least 2'),
  },
  draw(context) {
    const { share, ...drawn } = drawHalves(context, drawClasses(context));
    return { ...drawn, description: `${share}, ${drawn.classes.length} of ${context.set.classes.length} classes` };
  },
};

/** Draws: (seed, 'source-classes'). */
function drawClasses({ set, specification, seed }: DrawContext): number[] {
  const count = specification.classes!;
  const byClass = indicesByClass(set.train, set.classes.length);
  // Each half needs an image of every class.
  const candidates = [...byClass.keys()].filter((c) => byClass[c].length >= 2);
  if (count > candidates.length) {
    throw new SourceError(
      `source of '${set.name}': classes is ${count}, wanted at most ${candidates.length}, the classes with two training images or more`,
    );
  }
  return new Random(seed, 'source-classes')
    .shuffle(candidates)
    .slice(0, count)
    .sort((a, b) => a - b);
}
