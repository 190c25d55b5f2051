import type { Random } from '../../../engine/random/random.js';
import type { Space } from '../../spaces/shared/space.js';

const DRAWS = 10_000;

/** A random architecture whose text is not in `seen`; undefined when the whole space is. */
export function drawUnseen(space: Space, random: Random, seen: ReadonlySet<string>): unknown {
  if (seen.size >= space.size) return undefined;
  for (let draw = 0; draw < DRAWS; draw++) {
    const architecture = space.random(random);
    if (!seen.has(space.format(architecture))) return architecture;
  }
  for (const architecture of space.enumerate()) if (!seen.has(space.format(architecture))) return architecture;
  return undefined;
}
