// Long: every specialisation of every kernel has no data race, by interpreting it
import { expect, it } from 'vitest';
import type { Dispatch } from '../../../src/engine/kernels/lowering.js';
import { racesOfDispatch, smallestCalls } from '../support/dispatchRaces.js';

const calls = smallestCalls(({ kernel, constants }) => `${kernel} ${JSON.stringify(constants ?? {})}`);

it.each([...calls.keys()])('the shader has no data race: %s', (key) => {
  const { races, errors } = racesOfDispatch(calls.get(key) as Dispatch);
  expect(errors).toEqual([]);
  expect(races.slice(0, 3)).toEqual([]);
});
