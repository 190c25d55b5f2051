import { ArchitectureError, type Protocol, type Space } from 'nastransfer/nas';
import { chainNetwork, chainSupernet } from './network.js';

/** One operation for each of the two edges of a chain of three nodes. */
export type Chain = readonly number[];

export const OPERATIONS = ['skip_connect', 'conv_1x1', 'conv_3x3'] as const;
export const EDGES = [
  [0, 1],
  [1, 2],
] as const;

const KINDS = { skip_connect: 'skip', conv_1x1: 'conv1', conv_3x3: 'conv3' } as const;

const training: Protocol = {
  channels: 8,
  cells: 2,
  imageSize: 16,
  imageChannels: 3,
  epochs: 10,
  batch: 32,
  optimizer: { learningRate: 0.05, momentum: 0.9, nesterov: false, weightDecay: 1e-4, clipNorm: 5 },
  schedule: { kind: 'cosine', final: 0 },
  augmentation: { pad: 0, flip: false, cutout: 0 },
  labelSmoothing: 0,
  dropPath: 0,
  auxiliaryWeight: 0,
};

function parse(text: string): Chain {
  const chain = text.split('>').map((name) => OPERATIONS.indexOf(name as (typeof OPERATIONS)[number]));
  if (chain.length !== EDGES.length || chain.includes(-1))
    throw new ArchitectureError(`chain: got "${text}", wanted two of ${OPERATIONS.join(', ')} with > between them`);
  return chain;
}

/** A space of nine architectures: the whole of what registering one takes. */
export const chain: Space<Chain> = {
  name: 'chain',
  size: OPERATIONS.length ** EDGES.length,
  random: (random) => EDGES.map(() => random.integer(OPERATIONS.length)),
  mutate: (architecture, random) => {
    const edge = random.integer(EDGES.length);
    return architecture.with(edge, (architecture[edge] + 1 + random.integer(2)) % OPERATIONS.length);
  },
  parse,
  format: (architecture) => architecture.map((operation) => OPERATIONS[operation]).join('>'),
  *enumerate() {
    for (let first = 0; first < OPERATIONS.length; first++)
      for (let second = 0; second < OPERATIONS.length; second++) yield [first, second];
  },
  choices: EDGES.map(([from, to]) => ({ name: `${from}→${to}`, options: OPERATIONS })),
  decisions: (architecture) => architecture,
  fromDecisions: (decisions) => [...decisions],
  graphOperations: ['input', 'output', ...OPERATIONS],
  graph: ([first, second]) => ({
    operations: [0, first + 2, second + 2, 1],
    edges: [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
  }),
  count: (architecture, { channels, cells, classes, size, imageChannels }) => {
    const taps: number = architecture.reduce<number>((sum, operation) => sum + [0, 1, 9][operation], 0);
    const convolutions = 9 * imageChannels * channels + cells * taps * channels ** 2;
    const linear = channels * classes;
    const multiplyAdds = convolutions * size ** 2 + linear;
    const norms = 2 * channels * (1 + cells * architecture.filter((operation) => operation > 0).length);
    return { parameters: convolutions + norms + linear + classes, multiplyAdds, mflops: multiplyAdds / 1e6 };
  },
  network: chainNetwork,
  relaxation: {
    tables: [{ name: 'alpha', edges: EDGES, operations: OPERATIONS }],
    architecture: ([rows]) => rows.map(([operation = 0]) => operation),
    selection: (architecture) => [architecture.map((operation) => [operation])],
  },
  supernet: chainSupernet,
  protocols: { search: training, training, fitness: { epochs: 2 } },
  sizes: {
    cells: 'in all',
    counted: { channels: 8, cells: 2, classes: 10, size: 16 },
    supernetChannels: 1,
    fitting: {
      sizes: [
        [4, 1, 8],
        [8, 2, 16],
      ],
      network: { multiplyAdds: 1, pixels: 0 },
      supernet: 0.001,
    },
  },
  draw: (architecture) => ({
    kind: 'chain',
    cells: [
      {
        name: 'chain',
        nodes: [
          { id: 0, role: 'input', label: 'in' },
          { id: 1, role: 'inner', label: '1' },
          { id: 2, role: 'output', label: 'out' },
        ],
        edges: EDGES.map(([from, to], edge) => {
          const name = OPERATIONS[architecture[edge]];
          return { from, to, operation: { name, label: name.replace('_', ' '), kind: KINDS[name] } };
        }),
      },
    ],
    warnings: new Set(architecture).size === 1 && architecture[0] === 0 ? ['no convolution'] : [],
  }),
};
