// Written by scripts/registryNames.ts from the registries.

/** The facts about a space that help shows. */
export interface NamedSpace {
  readonly name: string;
  /** Sizes at which `count` counts by default. */
  readonly counted: NamedSizes;
  /** Those of the network for ImageNet; undefined: the space has none. */
  readonly imagenet: NamedSizes | undefined;
  /** Its networks have drop path and an auxiliary classifier. */
  readonly regularized: boolean;
  /** It reads files of architectures by name. */
  readonly files: boolean;
}

export interface NamedSizes {
  readonly channels: number;
  readonly cells: number;
}

export const METHOD_NAMES: readonly string[] = [
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
export const PREDICTOR_NAMES: readonly string[] = [
  'random-forest',
  'gradient-boosting',
  'knn',
  'bayesian-linear',
  'gaussian-process',
  'mlp',
  'graph-network',
];
export const ENCODING_NAMES: readonly string[] = ['one-hot', 'adjacency', 'path'];
export const SCORE_NAMES: readonly string[] = [
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
export const SOURCE_FORMS: readonly string[] = [
  'SET',
  'SET:images=0.25',
  'SET:classes=5',
  'SET:random-labels',
  'SET:noise',
];
export const SPACES: readonly NamedSpace[] = [
  {
    name: 'nasbench201',
    counted: { channels: 16, cells: 5 },
    imagenet: undefined,
    regularized: false,
    files: false,
  },
  {
    name: 'darts',
    counted: { channels: 36, cells: 20 },
    imagenet: { channels: 48, cells: 14 },
    regularized: true,
    files: true,
  },
];
export const SPACE_NAMES: readonly string[] = SPACES.map(({ name }) => name);
export const DEFAULT_SPACE = 'nasbench201';
