import { spread } from '../math/spread.js';
import type { Space } from '../spaces/shared/space.js';
import type { FoundSkips, SearchJob } from './results.js';

const SKIP = 'skip_connect';

/** The operations on the edges of an architecture, with `none` among them where the space has it. */
export function operationsOf({ relaxation, parse }: Space, architecture: string): string[] {
  const tables = relaxation.selection(parse(architecture));
  return tables.flatMap((edges, t) => edges.flat().map((operation) => relaxation.tables[t].operations[operation]));
}

/** Skip connections in the architectures that each method found on each source, in the order of the searches. */
export function foundSkips(space: Space, searches: readonly SearchJob[]): FoundSkips[] {
  const groups = new Map<string, SearchJob[]>();
  for (const search of searches) {
    const key = JSON.stringify([search.method, search.source]);
    groups.set(key, [...(groups.get(key) ?? []), search]);
  }
  return [...groups.values()].map((group) => {
    const [{ method, source }] = group;
    const found = group.map(({ architecture }) => operationsOf(space, architecture));
    return {
      method,
      source,
      skips: spread(found.map((operations) => operations.filter((operation) => operation === SKIP).length)),
      operations: Math.max(...found.map((operations) => operations.length)),
      withoutConvolution: found.filter((operations) => !operations.some((operation) => operation.includes('conv')))
        .length,
    };
  });
}
