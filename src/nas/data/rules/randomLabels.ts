import { Random } from '../../../engine/random/random.js';
import { drawHalves, withRandomLabels } from './halves.js';
import type { SourceRule } from './rule.js';

/**
 * After UnrealNAS (Shu et al. 2022, 2205.02162). Draws besides those of `whole`: (seed, 'source-labels-weights') and
 * (seed, 'source-labels-alphas') for the labels of the two halves.
 */
export const randomLabels: SourceRule = {
  name: 'random-labels',
  form: 'SET:random-labels',
  description: 'All training images with labels uniform over the classes, fixed for each image.',
  draw(context) {
    const { share, classes, trainSplit, validationSplit } = drawHalves(context);
    const label = (part: string) => new Random(context.seed, `source-labels-${part}`);
    return {
      classes,
      trainSplit: withRandomLabels(trainSplit, classes.length, label('weights')),
      validationSplit: withRandomLabels(validationSplit, classes.length, label('alphas')),
      description: `${share}, labels at random over ${classes.length} classes`,
    };
  },
};
