import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttributeError } from '../../../src/engine/errors/errors.js';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { nasbench201 } from '../../../src/nas/spaces/nasbench201/space.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { expectSameSupernets } from './supernetComparison.js';
import { unfusedSupernet } from './unfusedSupernet.js';
import { nasbench201Pieces } from './unstack.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const settings = { channels: 4, cells: 1, classes: 3, size: 8, imageChannels: 2 };

describe('the supernet of NAS-Bench-201', () => {
  it.each([
    { affine: false, batchNorm: 'batch' },
    { affine: true, batchNorm: 'running' },
  ] as const)(
    'gives the losses, gradients and runningStatistics that single operations give: affine $affine, batch norm by $batchNorm',
    async (options) => {
      const stacked = nasbench201.supernet(settings, options);
      const unfused = unfusedSupernet(settings, options);
      await expectSameSupernets(engine, settings, stacked, unfused, nasbench201Pieces(settings));
    },
  );

  it('refuses channels that are not a multiple of four, and states what to do', () => {
    const make = () => nasbench201.supernet({ ...settings, channels: 5 }, { affine: false, batchNorm: 'batch' });
    expect(make).toThrow(AttributeError);
    expect(make).toThrow(/^cellSupernet: channels is 5, wanted a multiple of 4: .*; use 4 or 8$/);
  });
});
