import { Random } from '../../engine/random/random.js';
import type { OperationGraph, Space } from '../spaces/shared/space.js';
import type { Features } from './predictor.js';

/** Number of random architectures that represent larger spaces. */
const LOOKED_AT = 20_000;
const NO_CONNECTION = 'none';

/**
 * The path encoding of BANANAS (White et al., AAAI 2021, 1910.11858, section 3): one feature for each sequence of
 * operations, 1 where some path from input to output has exactly these. A node with operation `none` blocks a path.
 * Sequences are ordered by length, then by their operations; the paper shows that truncating to the shortest `limit` loses little,
 * because long paths are rare.
 */
export function encodePaths<A>(space: Space<A>, architectures: readonly A[], limit = 1000): Features {
  const columns = new Map(
    pathsOf(space as Space)
      .slice(0, limit)
      .map((path, column) => [path, column]),
  );
  const width = columns.size;
  const values = new Float32Array(architectures.length * width);
  const blocked = space.graphOperations.indexOf(NO_CONNECTION);
  architectures.forEach((architecture, row) => {
    for (const path of graphPaths(space.graph(architecture), blocked)) {
      const column = columns.get(path);
      if (column !== undefined) values[row * width + column] = 1;
    }
  });
  return { rows: architectures.length, width, values };
}

const known = new WeakMap<object, readonly string[]>();

/** All paths of a space (of 20,000 random architectures, where it is larger than that), in the format of `graphPaths`. */
export function pathsOf(space: Space): readonly string[] {
  let paths = known.get(space);
  if (!paths) known.set(space, (paths = collectPaths(space)));
  return paths;
}

function collectPaths(space: Space): readonly string[] {
  const blocked = space.graphOperations.indexOf(NO_CONNECTION);
  const found = new Set<string>();
  for (const architecture of lookedAt(space))
    for (const path of graphPaths(space.graph(architecture), blocked)) found.add(path);
  // Every operation is one code unit, so that strings sort by operations.
  return [...found].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

function* lookedAt(space: Space): Iterable<unknown> {
  if (space.size <= LOOKED_AT) yield* space.enumerate();
  else {
    const random = new Random(0, 'paths of a space');
    for (let i = 0; i < LOOKED_AT; i++) yield space.random(random);
  }
}

/** The set of paths, each as a text whose code units are the operations between input and output. */
export function graphPaths({ operations, edges }: OperationGraph, blocked: number): Set<string> {
  const last = operations.length - 1;
  // Edges go to higher nodes: when a node is processed, all paths to it are known.
  const paths = operations.map(() => new Set<string>());
  paths[0].add('');
  const next: number[][] = operations.map(() => []);
  for (const [from, to] of edges) next[from].push(to);
  for (let node = 0; node < last; node++) {
    for (const to of next[node]) {
      if (operations[to] === blocked) continue;
      const letter = to === last ? '' : String.fromCharCode(operations[to]);
      for (const path of paths[node]) paths[to].add(path + letter);
    }
  }
  return paths[last];
}
