/** A published Spearman correlation of a score with test accuracies, mean over seeds. */
export interface PublishedCorrelation {
  readonly space: string;
  /** Epochs of the trainings. */
  readonly epochs: number;
  readonly score: string;
  readonly set: string;
  readonly spearman: number;
  readonly source: string;
}

const SETS = ['cifar10', 'cifar100', 'ImageNet16-120'];

const SAMPLE = 'scores of 491 cells published with NASLib (automl/NASLib, branch benchmarks)';
const COUNTS = 'counts of all 15,625 cells of NAS-Bench-201';
const NASWOT = 'scores of all cells published with MONET (vilhess/MONET)';
const ZEN = 'scores of all cells published with NASLib (automl/NASLib, branch zerocost)';

const rows = (score: string, source: string, thousandths: readonly number[]): PublishedCorrelation[] =>
  SETS.map((set, i) => ({ space: 'nasbench201', epochs: 200, score, set, spearman: thousandths[i] / 1000, source }));

/** On NAS-Bench-201: of published scores with the benchmark's accuracies. */
export const PUBLISHED_CORRELATIONS: readonly PublishedCorrelation[] = [
  ...rows('parameters', COUNTS, [753, 728, 692]),
  ...rows('flops', COUNTS, [732, 707, 673]),
  ...rows('grad-norm', SAMPLE, [625, 643, 588]),
  ...rows('snip', SAMPLE, [637, 644, 587]),
  ...rows('fisher', SAMPLE, [526, 547, 490]),
  ...rows('grasp', SAMPLE, [566, 511, 509]),
  ...rows('synflow', SAMPLE, [776, 762, 761]),
  ...rows('jacob-cov', SAMPLE, [722, 739, 729]),
  ...rows('naswot', NASWOT, [783, 799, 774]),
  ...rows('zen', ZEN, [386, 361, 399]),
];
