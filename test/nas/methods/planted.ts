import { Random } from '../../../src/engine/random/random.js';
import type { Method } from '../../../src/nas/search/method.js';
import type { Problem } from '../../../src/nas/search/problem.js';
import type { Cell } from '../../../src/nas/spaces/nasbench201/cell.js';
import { problemWith, space } from './problems.js';

interface Planted {
  readonly best: string;
  accuracy(cell: Cell, epochs?: number): number;
}

const all = new Map<number, Planted>();

/**
 * An accuracy for every cell of NAS-Bench-201: effects of single edges and of pairs of edges, sampled for every seed,
 * and the best cell. Shorter training gives lower and noisier accuracies.
 */
export function planted(seed: number): Planted {
  const made = all.get(seed) ?? plant(seed);
  all.set(seed, made);
  return made;
}

function plant(seed: number): Planted {
  const random = new Random(seed, 'planted');
  const single = Array.from({ length: 6 }, () => Array.from({ length: 5 }, () => random.normal()));
  const pairs = Array.from({ length: 36 }, () => Array.from({ length: 25 }, () => 0.35 * random.normal()));
  const score = (cell: Cell): number => {
    let sum = 0;
    for (let i = 0; i < 6; i++) {
      sum += single[i][cell[i]];
      for (let j = 0; j < i; j++) sum += pairs[6 * i + j][5 * cell[i] + cell[j]];
    }
    return sum;
  };
  const accuracy = (cell: Cell, epochs = 36): number => {
    const noise = new Random(seed, `noise ${cell.join('')} ${epochs}`).normal();
    return 0.5 + 0.02 * (score(cell) + (1 - epochs / 36) * (0.5 * noise - 3));
  };
  let best: Cell | undefined;
  for (const cell of space.enumerate() as Iterable<Cell>) if (!best || score(cell) > score(best)) best = cell;
  return { best: space.format(best), accuracy };
}

/** The planted problem, with the number of convolutions as a cost. */
export function plantedProblem(seed: number, parts: Partial<Problem> = {}): Problem {
  const { accuracy } = planted(seed);
  return problemWith({
    seed,
    epochs: [4, 12, 36],
    costs: ['parameters'],
    cost: (cell) => (cell as Cell).filter((operation) => operation === 2 || operation === 3).length,
    evaluate: async (cell, { epochs }) => ({ accuracy: accuracy(cell as Cell, epochs), seconds: epochs ?? 36 }),
    ...parts,
  });
}

export async function searchPlanted(method: Method, options: object, seed: number, parts?: Partial<Problem>) {
  const search = method.start(plantedProblem(seed, parts), method.options.parse(options));
  while (await search.step());
  return search.result();
}
