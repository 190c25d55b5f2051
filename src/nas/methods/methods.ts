import { UnknownNameError } from '../errors.js';
import { darts } from './darts.js';
import type { Method } from './method.js';
import { randomSearch } from './random.js';
import { regularizedEvolution } from './regularizedEvolution.js';

const methods: readonly Method[] = [randomSearch, regularizedEvolution, darts];

export const METHOD_NAMES: readonly string[] = methods.map((method) => method.name);

/** @throws UnknownNameError */
export function methodByName(name: string): Method {
  const method = methods.find((candidate) => candidate.name === name);
  if (!method) throw new UnknownNameError('Method', name, METHOD_NAMES);
  return method;
}
