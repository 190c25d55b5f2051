import { UnknownNameError } from '../errors.js';
import { balenas } from './balenas/balenas.js';
import { bohb } from './bohb/bohb.js';
import { bohbPublished } from './bohb/bohbPublished.js';
import { darts } from './darts.js';
import { enas } from './enas/enas.js';
import { fairDarts } from './fairDarts/fairDarts.js';
import { gdas } from './gdas.js';
import { localSearch } from './localSearch.js';
import type { Method } from './method.js';
import { nao } from './nao/nao.js';
import { nsga2 } from './nsga2.js';
import { nsganet } from './nsganet.js';
import { pcDarts } from './pcDarts.js';
import { pDarts } from './pdarts/pdarts.js';
import { randomSearch } from './random.js';
import { randomSharing } from './randomSharing.js';
import { regularizedEvolution } from './regularizedEvolution.js';
import { reinforce } from './reinforce.js';
import { setn } from './setn.js';
import { snas } from './snas.js';
import { spos } from './spos.js';
import { weaknas } from './weaknas.js';

const methods: readonly Method[] = [
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

export const METHOD_NAMES: readonly string[] = methods.map((method) => method.name);

/** @throws UnknownNameError */
export function methodByName(name: string): Method {
  const method = methods.find((candidate) => candidate.name === name);
  if (!method) throw new UnknownNameError('Method', name, METHOD_NAMES);
  return method;
}
