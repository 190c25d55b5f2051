import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { nasbench201 } from '../../../src/nas/spaces/nasbench201/space.js';
import { PathTrainer } from '../../../src/nas/training/paths/pathTrainer.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { stripes, tinyCell, tinyProtocol } from './trainingRun.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

const selectionOf = (text: string) => nasbench201.relaxation.selection(nasbench201.parse(text));
const tiny = selectionOf(tinyCell);
const other = nasbench201.relaxation.selection([3, 3, 2, 4, 2, 3]);

async function trained({ reestimate, half = 2 }: { reestimate?: number; half?: number }): Promise<PathTrainer> {
  const { channels, cells, imageSize: size, imageChannels } = tinyProtocol;
  const batchNorm = reestimate === undefined ? 'batch' : 'reestimated';
  const trainer = await PathTrainer.create({
    engine,
    supernet: nasbench201.supernet(
      { channels, cells, size, imageChannels, classes: 4 },
      { affine: false, batchNorm, gated: true },
    ),
    tables: nasbench201.relaxation.tables,
    shape: { height: 8, width: 8, channels: 1 },
    trainSplit: stripes(16, 1),
    validationSplit: stripes(16, half),
    protocol: tinyProtocol,
    seed: 5,
    reestimate,
  });
  for (let epoch = 0; epoch < 10; epoch++) await trainer.epoch((step) => (step % 2 === 0 ? tiny : other));
  return trainer;
}

describe('batch normalisation recalibrated for every architecture', () => {
  it('evaluates as with the statistics of the batch, if that is the batch of the recalibration', async () => {
    const batch = await trained({ half: 1 });
    const estimated = await trained({ half: 1, reestimate: 1 });
    for (const selection of [tiny, other]) {
      const [wanted, got] = [await batch.evaluate(selection), await estimated.evaluate(selection)];
      expect(got.accuracy).toBe(wanted.accuracy);
      // Running statistics have the unbiased variance, which is up to 1/63 larger here.
      expect(Math.abs(got.loss / wanted.loss - 1)).toBeLessThan(0.05);
    }
    batch.dispose();
    estimated.dispose();
  });

  it('evaluates by the recalibrated statistics, not by those of the evaluated batch', async () => {
    const estimated = await trained({ reestimate: 1 });
    const batch = await trained({});
    const a = await estimated.evaluate(tiny);
    const b = await batch.evaluate(tiny);
    expect(Math.abs(a.loss / b.loss - 1)).toBeGreaterThan(1e-3);
    batch.dispose();
    estimated.dispose();
  });

  it('does not depend on earlier evaluations', async () => {
    const trainer = await trained({ reestimate: 1 });
    const first = await trainer.evaluate(tiny);
    expect(await trainer.evaluate(other)).not.toEqual(first);
    expect(await trainer.evaluate(tiny)).toEqual(first);
    trainer.dispose();
  });

  it('trains the same weights as without recalibration', async () => {
    const [a, b] = [await trained({}), await trained({ reestimate: 1 })];
    await b.evaluate(other);
    expect((await b.save()).arrays.weights).toEqual((await a.save()).arrays.weights);
    a.dispose();
    b.dispose();
  });
});
