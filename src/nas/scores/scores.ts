import { UnknownNameError } from '../errors/errors.js';
import { flops, parameters } from './costs.js';
import { grasp } from './grasp.js';
import { jacobCov } from './jacobCov.js';
import { linearRegions } from './linearRegions.js';
import { naswot } from './naswot.js';
import { ntk } from './ntk.js';
import type { Score } from './score.js';
import { synflow } from './synflow.js';
import { fisher, gradNorm, snip } from './weightGradients.js';
import { zen } from './zen.js';

/** All scores; those that share a pass are adjacent. */
const scores: readonly Score[] = [
  parameters,
  flops,
  gradNorm,
  snip,
  fisher,
  grasp,
  synflow,
  jacobCov,
  ntk,
  naswot,
  zen,
  linearRegions,
];

export const SCORE_NAMES: readonly string[] = scores.map(({ name }) => name);

/** @throws {UnknownNameError} when no score has the name */
export function scoreByName(name: string): Score {
  const score = scores.find((candidate) => candidate.name === name);
  if (!score) throw new UnknownNameError('Score', name, SCORE_NAMES);
  return score;
}
