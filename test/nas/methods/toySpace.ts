import type { Value } from '../../../src/engine/graph/graph.js';
import { VariableSet, zeros } from '../../../src/engine/graph/variables.js';
import { flatten } from '../../../src/engine/ops/copy/flatten.js';
import { add } from '../../../src/engine/ops/elementwise/add.js';
import { weightedSum } from '../../../src/engine/ops/elementwise/weightedSum.js';
import { matmul } from '../../../src/engine/ops/matmul/matmul.js';
import { broadcastRow } from '../../../src/engine/ops/reduce/reduce.js';
import { Random } from '../../../src/engine/random/random.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import type { ImageSplit } from '../../../src/nas/data/images/imageSet.js';
import type { Source } from '../../../src/nas/data/sources.js';
import type { Supernet } from '../../../src/nas/networks/classifier.js';
import type { Protocol } from '../../../src/nas/records/protocol.js';
import type { Method } from '../../../src/nas/search/method.js';
import type { Problem } from '../../../src/nas/search/problem.js';
import { tableMixtures } from '../../../src/nas/spaces/shared/mixedNode.js';
import type { RelaxedTable, Space } from '../../../src/nas/spaces/shared/space.js';
import { tinyProtocol } from '../training/trainingRun.js';
import { problemWith } from './problems.js';

type Toy = readonly number[];

const OPERATIONS = ['none', 'skip_connect', 'max_pool_3x3', 'sep_conv_3x3'];
const EDGES = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;
const CLASSES = 4;
const PIXELS = 64;
const TABLES: readonly RelaxedTable[] = [{ name: 'alpha', edges: EDGES, operations: OPERATIONS }];

/**
 * Three edges with one of four operations each; every operation passes a known part of a signal: the known table is the
 * sum of these parts over the edges. In its supernet the logits are that part of the signal of an image's class, plus
 * noise: the larger the part, the lower the loss and the higher the accuracy, for any weights.
 */
export interface ToyProblem {
  readonly problem: Problem<Toy>;
  /** The text of the architecture that passes most of the signal. */
  readonly best: string;
  /** The part of the signal that an architecture passes. */
  value(text: string): number;
}

/** The part that operation o of edge e passes, [edges, operations]: zero for `none`, on every edge clearly most for one operation. */
function plant(seed: number): number[] {
  const random = new Random(seed, 'toy');
  return EDGES.flatMap(() => {
    const order = random.shuffle(Uint32Array.from([1, 2, 3]));
    const values = [0, 0, 0, 0];
    order.forEach((operation, rank) => {
      values[operation] = [1, 0.45, 0.2][rank];
    });
    return values;
  });
}

/** @param signal the lower, the larger the part needed to classify all images correctly; with the default 2.2 of 3 are enough */
export function toyProblem(engine: Engine, seed: number, parts: Partial<Protocol> = {}, signal = 0.6): ToyProblem {
  const values = plant(seed);
  const through = (toy: Toy) =>
    toy.reduce((sum, operation, edge) => sum + values[edge * OPERATIONS.length + operation], 0);
  const space = toySpace(values, signal);
  const best = space.format(
    EDGES.map((_, edge) => {
      const row = values.slice(edge * OPERATIONS.length, (edge + 1) * OPERATIONS.length);
      return row.indexOf(Math.max(...row));
    }),
  );
  const protocol: Protocol = {
    ...tinyProtocol,
    epochs: 8,
    batch: 32,
    augmentation: { pad: 0, flip: false, cutout: 0 },
    labelSmoothing: 0,
    ...parts,
  };
  const source: Source = {
    name: 'toy',
    description: 'rows of which one is bright',
    classes: ['0', '1', '2', '3'],
    trainSplit: images(128, seed, 'weights'),
    validationSplit: images(128, seed, 'alphas'),
    images: 256,
    height: 8,
    width: 8,
    channels: 1,
  };
  const { channels, cells, imageSize: size, imageChannels } = protocol;
  const settings = { channels, cells, size, imageChannels, classes: CLASSES };
  const problem = problemWith({
    space: space as Space,
    seed,
    epochs: [1],
    costs: ['parameters', 'multiplyAdds', 'mflops'],
    cost: (toy) => (toy as Toy).filter((operation) => operation === 3).length,
    evaluate: async (toy, { seedOffset }) => {
      const noise = 0.02 * new Random(seed, `noise ${seedOffset}`).normal();
      return { accuracy: 0.25 + 0.2 * through(toy as Toy) + noise };
    },
    supernet: {
      engine,
      protocol,
      source,
      build: (options, sizes) => space.supernet({ ...settings, ...sizes }, options),
    },
    engine: async () => engine,
  });
  return { problem: problem as Problem<Toy>, best, value: (text) => through(space.parse(text)) };
}

/** The architecture that a method finds on a toy problem, and the part of the signal that it passes. */
export async function searchToy(
  engine: Engine,
  method: Method,
  options: object,
  seed: number,
  parts?: Partial<Protocol>,
  signal?: number,
) {
  const { problem, best, value } = toyProblem(engine, seed, parts, signal);
  const search = method.start(problem as Problem, method.options.parse(options));
  while (await search.step());
  const { architecture } = search.result();
  search.dispose?.();
  return { architecture, isBest: architecture === best, value: value(architecture) };
}

function toySpace(values: readonly number[], signal: number): Space<Toy> {
  const parse = (text: string): Toy => text.split(',').map((name) => OPERATIONS.indexOf(name));
  const size = OPERATIONS.length ** EDGES.length;
  return {
    name: 'toy',
    size,
    random: (random) => EDGES.map(() => random.integer(OPERATIONS.length)),
    mutate: (toy, random) => {
      const edge = random.integer(EDGES.length);
      return toy.with(edge, (toy[edge] + 1 + random.integer(OPERATIONS.length - 1)) % OPERATIONS.length);
    },
    parse,
    format: (toy) => toy.map((operation) => OPERATIONS[operation]).join(','),
    *enumerate() {
      for (let i = 0; i < size; i++)
        yield EDGES.map((_, edge) => Math.floor(i / OPERATIONS.length ** edge) % OPERATIONS.length);
    },
    choices: EDGES.map(([from, to]) => ({ name: `${from}→${to}`, options: OPERATIONS })),
    decisions: (toy) => toy,
    fromDecisions: (decisions) => [...decisions],
    graphOperations: ['input', 'output', ...OPERATIONS],
    graph: (toy) => ({ operations: [0, ...toy.map((operation) => operation + 2), 1], edges: [] }),
    count: (toy) => {
      const convolutions = toy.filter((operation) => operation === 3).length;
      return { parameters: convolutions, multiplyAdds: convolutions, mflops: convolutions / 1e6 };
    },
    network: () => {
      throw new Error('no network of a toy was expected to be asked for');
    },
    relaxation: {
      tables: TABLES,
      architecture: ([rows]) => rows.map(([operation = 0]) => operation),
      selection: (toy) => [toy.map((operation) => [operation])],
    },
    supernet: (_, { gated = false }) => toySupernet(values, signal, gated),
    protocols: { search: tinyProtocol, training: tinyProtocol, fitness: {} },
    sizes: {
      cells: 'in all',
      counted: { channels: 1, cells: 1, classes: CLASSES, size: 8 },
      supernetChannels: 1,
      fitting: { sizes: [[1, 1, 8]], network: { multiplyAdds: 1, pixels: 0 }, supernet: 0 },
    },
    draw: () => ({ kind: 'toy', cells: [], warnings: [] }),
  };
}

function toySupernet(values: readonly number[], strength: number, gated: boolean): Supernet {
  const weights = new VariableSet('weights');
  const bias = weights.add('bias', [CLASSES], zeros);
  const mixtures = tableMixtures(TABLES, gated);
  return {
    weights,
    runningStatistics: new VariableSet('averages'),
    alphas: mixtures.alphas,
    forward(images, _mode, mixture) {
      const { graph } = images;
      const [{ weights: table, skip = (x: Value) => x }] = mixtures.of(graph, mixture);
      const pixels = flatten(images);
      // The left half of a pair of rows is the signal of the class, the right half is noise.
      const average = (half: number, factor: number) =>
        matmul(
          pixels,
          graph.constant(
            Array.from({ length: PIXELS * CLASSES }, (_, i) => {
              const [pixel, c] = [Math.floor(i / CLASSES), i % CLASSES];
              return pixel >> 4 === c && (pixel % 8) >> 2 === half ? factor / 8 : 0;
            }),
            [PIXELS, CLASSES],
          ),
        );
      const clean = average(0, strength);
      const passed = EDGES.flatMap((_, edge) =>
        OPERATIONS.map((name, o) => {
          const value = values[edge * OPERATIONS.length + o];
          return { index: edge * OPERATIONS.length + o, x: name === 'skip_connect' ? skip(clean) : clean, value };
        }),
      ).filter(({ value }) => value > 0);
      const scaled = passed.map(({ x, value }) => matmul(x, graph.constant(diagonal(value), [CLASSES, CLASSES])));
      const signal = weightedSum(
        scaled,
        table,
        passed.map(({ index }) => index),
      );
      const sum = add(signal, average(1, 1));
      return add(sum, broadcastRow(graph.read(bias), sum.type));
    },
  };
}

function diagonal(value: number): number[] {
  return Array.from({ length: CLASSES * CLASSES }, (_, i) => (i % (CLASSES + 1) === 0 ? value : 0));
}

/** Grey images whose class is the pair of rows of which the left half is bright; the right half is noise. */
function images(count: number, seed: number, part: string): ImageSplit {
  const random = new Random(seed, `toy images ${part}`);
  const pixels = new Uint8Array(count * PIXELS);
  const labels = Uint16Array.from({ length: count }, (_, i) => i % CLASSES);
  labels.forEach((label, i) => {
    for (let row = 0; row < CLASSES; row++) {
      const noise = random.integer(200);
      for (let p = 0; p < 16; p++) {
        const left = p % 8 < 4;
        pixels[i * PIXELS + row * 16 + p] = left ? (row === label ? 200 : 40) : noise;
      }
    }
  });
  return { count, pixels, labels };
}
