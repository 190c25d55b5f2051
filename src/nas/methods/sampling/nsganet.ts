import { z } from 'zod';
import type { Method } from '../../search/method.js';
import { evolveFront, nsga2Options } from './nsga2.js';

const options = z.strictObject(nsga2Options({ objectives: ['multiplyAdds'], mutation: 'polynomial' }));

const NAME = 'nsganet';

/**
 * NSGA-Net (Lu et al., GECCO 2019, 1810.03522): NSGA-II on accuracy after short training and on multiply-adds, with a population of
 * 40, 20 children in each of 30 generations, two-point crossover, and polynomial mutation of choices as integers. Published training
 * of a candidate: 20 epochs, 16 channels, 8 cells, batches of 128, learning rate from 0.025 to 0 by a cosine. The Bayesian network of
 * the paper, from which the children of the last generations are sampled (exploitation), is not implemented; choices are those of the
 * space, not the nine operations on five nodes of the paper.
 */
export const nsganet: Method<z.infer<typeof options>> = {
  name: NAME,
  paper: 'Lu et al., GECCO 2019, 1810.03522',
  summary: 'NSGA-II on accuracy and multiply-adds, with polynomial mutation',
  options,
  needs: () => 'training',
  start: (problem, settings) => evolveFront(NAME, problem, settings),
};
