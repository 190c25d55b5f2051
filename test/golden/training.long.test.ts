// Long: DARTS on its search network takes the same steps as PyTorch
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/runtime/engine.js';
import { closeTestEngine, openTestEngine } from '../engine/support/device.js';
import { dartsProblem, trainingInputs } from './problems.js';
import { expectSearchSteps, torch } from './trainingResults.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

it('ten steps of first-order DARTS on the search network of DARTS have the losses and architecture parameters of PyTorch at every step', async () => {
  expect(trainingInputs().checksum).toBe(torch.inputs);
  await expectSearchSteps(engine, dartsProblem, torch.darts);
});
