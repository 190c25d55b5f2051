import { Random } from '../../../src/engine/random/random.js';
import type { EpochRecord } from '../../../src/nas/records/epochRecord.js';
import type { Protocol } from '../../../src/nas/records/protocol.js';
import { formatCell, parseCell, randomCell } from '../../../src/nas/spaces/nasbench201/cell.js';
import { countCell } from '../../../src/nas/spaces/nasbench201/cost.js';
import type { SearchJob, StudyResults, TransferJob } from '../../../src/nas/transfer/results.js';
import { summarise } from '../../../src/nas/transfer/statistics.js';

export interface ExampleOptions {
  readonly name?: string;
  readonly methods?: readonly string[];
  readonly sources?: readonly string[];
  readonly targets?: readonly string[];
  readonly seeds?: readonly number[];
  readonly epochs?: number;
}

const protocol: Protocol = {
  channels: 8,
  cells: 1,
  imageSize: 28,
  imageChannels: 1,
  epochs: 8,
  batch: 64,
  optimizer: { learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.0005, clipNorm: 5 },
  schedule: { kind: 'cosine', final: 0 },
  augmentation: { pad: 2, flip: true, cutout: 0 },
  labelSmoothing: 0,
  dropPath: 0,
  auxiliaryWeight: 0,
};

/** Synthetic results of a study, plausible for a small study: for tests and for viewing the report. */
export function exampleResults(options: ExampleOptions = {}): StudyResults {
  const {
    methods = ['random', 'evolution', 'darts'],
    sources = ['emoji', 'fashion-mnist'],
    targets = ['mnist'],
    seeds = [0, 1, 2],
    epochs = 8,
    name = 'Small sources, one target',
  } = options;
  const random = new Random(11, 'example results');
  const searches: SearchJob[] = [];
  const jobs: TransferJob[] = [];
  // A training is identified by architecture, target and seed, whichever search found the architecture.
  const trained = new Map<string, number>();
  const skill: Record<string, number> = { evolution: 0.02, darts: 0.008 };

  for (const method of methods)
    for (const source of sources)
      for (const seed of seeds) {
        const search = exampleSearch(method, source, seed, epochs, random);
        searches.push(search);
        for (const [place, target] of targets.entries()) {
          const key = `${search.architecture} ${target} ${seed}`;
          const gain = (skill[method] ?? 0) * (source === sources[0] ? 1 : 2);
          const accuracy = trained.get(key) ?? 0.87 - 0.2 * place + gain + 0.012 * random.normal();
          trained.set(key, accuracy);
          jobs.push(exampleTraining(search, target, accuracy, epochs, random));
        }
      }

  return {
    format: 1,
    name,
    space: 'nasbench201',
    adapter: { name: 'llvmpipe (LLVM 15.0.6, 256 bits)', driver: 'Mesa 22.3.6 lavapipe', kind: 'cpu' },
    versions: { nastransfer: '0.1.0', webgpu: '0.6.2', node: '20.20.2' },
    seeds,
    protocols: { search: { ...protocol, epochs: 3, channels: 4 }, training: { ...protocol, epochs } },
    sources: sources.map((source) => ({
      name: source,
      description: `${source}: 10 classes whole, 100 images each, drawn with the seed of the run`,
      images: 1000,
      classes: 10,
    })),
    targets: targets.map((target) => ({
      name: target,
      description: `${target}: handwritten digits, 28 × 28 grey, the first 2,000 training images of balanced classes`,
      train: 2000,
      test: 1000,
      classes: 10,
    })),
    searches,
    jobs,
    baselines: targets.map((target, place) => ({ target, chance: 0.1135, linear: 0.814 - 0.22 * place })),
    summary: summarise(jobs, searches),
    seconds: 312.4,
    rerun: 'npx nastransfer study studies/example.json --out runs/example',
  };
}

function exampleSearch(method: string, source: string, seed: number, epochs: number, random: Random): SearchJob {
  const cell = formatCell(
    method === 'darts' && seed === 1
      ? [1, 1, 1, 1, 1, 1]
      : randomCell(method === 'random' ? new Random(seed, 'cell') : random),
  );
  const evaluations =
    method === 'evolution'
      ? [0.4, 0.5, 0.6].map((fitness, i) => ({
          architecture: i === 2 ? cell : formatCell(randomCell(random)),
          fitness: fitness + 0.05 * random.uniform(),
        }))
      : [];
  const hash = `search-${method}-${source}-${seed}`;
  const supernet = method === 'darts' ? exampleEpochs(epochs, 0.55, random, true) : [];
  const seconds = method === 'random' ? 0 : 12 + 4 * random.uniform();
  return { hash, method, source, seed, architecture: cell, epochs: supernet, evaluations, seconds };
}

function exampleTraining(
  { method, source, seed, architecture, hash }: SearchJob,
  target: string,
  accuracy: number,
  epochs: number,
  random: Random,
): TransferJob {
  const cost = countCell(parseCell(architecture), {
    channels: protocol.channels,
    cells: protocol.cells,
    classes: 10,
    size: protocol.imageSize,
    imageChannels: protocol.imageChannels,
  });
  return {
    hash: `${hash}-${target}`,
    searchHash: hash,
    method,
    source,
    target,
    seed,
    architecture,
    accuracy: Math.round(1000 * accuracy) / 1000,
    loss: 1.6 * (1 - accuracy) + 0.05,
    parameters: cost.parameters,
    multiplyAdds: cost.multiplyAdds,
    epochs: exampleEpochs(epochs, accuracy + 0.02, random, false),
    seconds: 8 + 3 * random.uniform(),
  };
}

function exampleEpochs(count: number, final: number, random: Random, validated: boolean): EpochRecord[] {
  return Array.from({ length: count }, (_, epoch) => {
    const trainAccuracy = final - (final - 0.15) * Math.exp((-4 * (epoch + 0.4)) / count) + 0.006 * random.normal();
    const trainLoss = 2.3 * (1 - trainAccuracy) + 0.02 * random.normal() + 0.1;
    const learningRate = 0.05 * (1 + Math.cos((Math.PI * epoch) / count));
    const validation = { validationLoss: trainLoss + 0.1, validationAccuracy: trainAccuracy - 0.03 };
    return { epoch: epoch + 1, learningRate, trainLoss, trainAccuracy, ...(validated ? validation : {}) };
  });
}
