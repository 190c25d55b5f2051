import { AttributeError } from '../../engine/errors/errors.js';
import { Random } from '../../engine/random/random.js';
import type { Space } from '../spaces/shared/space.js';
import type { Table } from './table.js';

/** Architectures of a space, sampled without replacement. @throws {AttributeError} when the space has fewer */
export function sampleSpace(space: Space, count: number, seed: number): string[] {
  if (count > space.size)
    throw new AttributeError(`sample: got ${count}, wanted at most the ${space.size} architectures of ${space.name}`);
  const random = new Random(seed, 'score sample');
  const drawn = new Set<string>();
  while (drawn.size < count) drawn.add(space.format(space.random(random)));
  return [...drawn];
}

/** Architectures of a table, sampled without replacement. @throws {AttributeError} when it has fewer */
export function sampleTable(table: Table, count: number, seed: number): string[] {
  if (count > table.size)
    throw new AttributeError(`sample: got ${count}, wanted at most the ${table.size} rows of ${table.name}`);
  const order = new Random(seed, 'score sample').shuffle(Uint32Array.from({ length: table.size }, (_, i) => i));
  return Array.from(order.subarray(0, count), (index) => table.architecture(index));
}
