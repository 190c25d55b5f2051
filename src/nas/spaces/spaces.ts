import { UnknownNameError } from '../errors/errors.js';
import { darts } from './darts/space.js';
import { nasbench201 } from './nasbench201/space.js';
import type { Space } from './shared/space.js';

/** Every search space. */
const spaces: readonly Space[] = [nasbench201, darts];

export const SPACE_NAMES: readonly string[] = spaces.map((space) => space.name);

/** @throws UnknownNameError */
export function spaceByName(name: string): Space {
  const space = spaces.find((candidate) => candidate.name === name);
  if (!space) throw new UnknownNameError('Space', name, SPACE_NAMES);
  return space;
}
