import { AttributeError } from '../../engine/errors/errors.js';
import { UnknownNameError } from '../errors/errors.js';
import type { Method } from '../search/method.js';
import { balenas } from './relaxed/balenas/balenas.js';
import { darts } from './relaxed/darts.js';
import { fairDarts } from './relaxed/fairDarts/fairDarts.js';
import { gdas } from './relaxed/gdas.js';
import { pcDarts } from './relaxed/pcDarts.js';
import { pDarts } from './relaxed/pdarts/pdarts.js';
import { setn } from './relaxed/setn.js';
import { snas } from './relaxed/snas.js';
import { bohb } from './sampling/bohb/bohb.js';
import { bohbPublished } from './sampling/bohb/bohbPublished.js';
import { localSearch } from './sampling/localSearch.js';
import { nsga2 } from './sampling/nsga2.js';
import { nsganet } from './sampling/nsganet.js';
import { randomSearch } from './sampling/random.js';
import { regularizedEvolution } from './sampling/regularizedEvolution.js';
import { reinforce } from './sampling/reinforce.js';
import { weaknas } from './sampling/weaknas.js';
import { enas } from './sharedWeights/enas/enas.js';
import { nao } from './sharedWeights/nao/nao.js';
import { randomSharing } from './sharedWeights/randomSharing.js';
import { spos } from './sharedWeights/spos.js';

/** Every search method; `registerMethod` adds to it. */
const methods: Method[] = [
  randomSearch,
  regularizedEvolution,
  localSearch,
  reinforce,
  bohb,
  bohbPublished,
  nsga2,
  nsganet,
  weaknas,
  randomSharing,
  spos,
  enas,
  nao,
  darts,
  pcDarts,
  fairDarts,
  pDarts,
  gdas,
  setn,
  snas,
  balenas,
];

const names: string[] = methods.map((method) => method.name);

/** Names of all methods, in order of registration; grows by `registerMethod`. */
export const METHOD_NAMES: readonly string[] = names;

/** @throws {UnknownNameError} when no method has the name */
export function methodByName(name: string): Method {
  const method = methods.find((candidate) => candidate.name === name);
  if (!method) throw new UnknownNameError('Method', name, METHOD_NAMES);
  return method;
}

/**
 * Adds a method, which then studies and commands find by its name.
 * @throws {AttributeError} when the name is taken or is not made of letters, digits, `_` and `-`
 */
export function registerMethod<Options>(method: Method<Options>): void {
  if (names.includes(method.name) || !/^[\w-]+$/.test(method.name))
    throw new AttributeError(
      `registerMethod: got name "${method.name}", wanted letters, digits, _ and -, other than ${names.join(', ')}`,
    );
  methods.push(method as Method);
  names.push(method.name);
}
