export { hitsBeyondChance } from './binomial.js';
export { chanceOfTau } from './kendall.js';
export { crowdingDistance, dominates, hypervolume, nonDominatedSort, type Objectives, paretoFront } from './pareto.js';
export type { RelativeImprovement } from './relativeImprovement.js';
export { spearman } from './spearman.js';
export { type Spread, spread } from './spread.js';
