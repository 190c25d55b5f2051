// Long: the search network of DARTS computes what single operations do
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { dartsSupernet } from '../../../src/nas/spaces/darts/supernet.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { expectSameSupernets } from './supernetComparison.js';
import { unfusedDarts } from './unfusedDarts.js';
import { dartsPieces } from './unstack.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** The second and the third cell halve the image. */
const settings = { channels: 4, cells: 3, classes: 3, size: 8, imageChannels: 2 };

describe('the search network of DARTS', () => {
  it.each([
    { affine: false, batchNorm: 'batch' },
    { affine: true, batchNorm: 'running' },
  ] as const)(
    'gives the losses, gradients and runningStatistics that single operations give: affine $affine, batch norm by $batchNorm',
    async (options) => {
      const stacked = dartsSupernet(settings, options);
      const unfused = unfusedDarts(settings, options);
      await expectSameSupernets(engine, settings, stacked, unfused, dartsPieces(settings));
    },
  );
});
