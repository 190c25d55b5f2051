import { IMAGE_SET_NAMES } from './imageSetNames.js';

// Names that help tells. They stand here once more so that help need not load what they name; a test holds them to it.
export const METHOD_NAMES = [
  'random',
  'regularized-evolution',
  'local-search',
  'reinforce',
  'bohb',
  'bohb-published',
  'nsga2',
  'nsganet',
  'weaknas',
  'random-sharing',
  'spos',
  'enas',
  'nao',
  'darts',
  'pc-darts',
  'fair-darts',
  'p-darts',
  'gdas',
  'setn',
  'snas',
  'balenas',
];
export const PREDICTOR_NAMES = [
  'random-forest',
  'gradient-boosting',
  'knn',
  'bayesian-linear',
  'gaussian-process',
  'mlp',
  'graph-network',
];
export const ENCODING_NAMES = ['one-hot', 'adjacency', 'path'];
export const SPACES = [
  { name: 'nasbench201', counted: { channels: 16, cells: 5 }, imagenet: undefined, regularized: false, files: false },
  {
    name: 'darts',
    counted: { channels: 36, cells: 20 },
    imagenet: { channels: 48, cells: 14 },
    regularized: true,
    files: true,
  },
];
export const SPACE_NAMES = ['nasbench201', 'darts'];
export const SCORE_NAMES = [
  'parameters',
  'flops',
  'grad-norm',
  'snip',
  'fisher',
  'grasp',
  'synflow',
  'jacob-cov',
  'ntk',
  'naswot',
  'zen',
  'linear-regions',
];
export const SOURCE_FORMS = ['SET', 'SET:images=0.25', 'SET:classes=5', 'SET:random-labels', 'SET:noise'];

export const IMAGE_SETS = `${IMAGE_SET_NAMES.join(', ')}, a packed set of --data-dir, or a path`;
