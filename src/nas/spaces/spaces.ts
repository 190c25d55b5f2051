import { AttributeError } from '../../engine/errors/errors.js';
import { UnknownNameError } from '../errors/errors.js';
import { darts } from './darts/space.js';
import { nasbench201 } from './nasbench201/space.js';
import type { Space } from './shared/space.js';

/** Every search space; `registerSpace` adds to it. */
const spaces: Space[] = [nasbench201, darts];
const names: string[] = spaces.map((space) => space.name);

/** Names of all spaces, in order of registration; grows by `registerSpace`. */
export const SPACE_NAMES: readonly string[] = names;

/** The space of studies and commands that name none. */
export const DEFAULT_SPACE = nasbench201.name;

/** @throws {UnknownNameError} when no space has the name */
export function spaceByName(name: string): Space {
  const space = spaces.find((candidate) => candidate.name === name);
  if (!space) throw new UnknownNameError('Space', name, SPACE_NAMES);
  return space;
}

/** Checked when a space is registered, because plugins may be written in JavaScript. */
const REQUIRED: readonly (keyof Space)[] = [
  'size',
  'random',
  'mutate',
  'parse',
  'format',
  'enumerate',
  'choices',
  'decisions',
  'fromDecisions',
  'graphOperations',
  'graph',
  'count',
  'network',
  'relaxation',
  'supernet',
  'protocols',
  'sizes',
  'draw',
];

/**
 * Adds a space, which then studies, commands and tables find by its name.
 * @throws {AttributeError} when the name is taken or is not made of letters, digits, `_` and `-`, or a member is missing
 */
export function registerSpace<Architecture>(space: Space<Architecture>): void {
  if (names.includes(space.name) || !/^[\w-]+$/.test(space.name))
    throw new AttributeError(
      `registerSpace: got name "${space.name}", wanted letters, digits, _ and -, other than ${names.join(', ')}`,
    );
  const missing = REQUIRED.filter((member) => space[member] === undefined);
  if (missing.length > 0)
    throw new AttributeError(
      `registerSpace: space ${space.name} has no ${missing.join(', ')}, wanted all members of Space`,
    );
  spaces.push(space as Space);
  names.push(space.name);
}
