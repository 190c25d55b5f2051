import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/runtime/engine.js';
import { kernelCondition } from '../../../src/nas/scores/ntk.js';
import type { ScoreContext } from '../../../src/nas/scores/score.js';
import { SCORE_NAMES, scoreByName } from '../../../src/nas/scores/scores.js';
import { closeTestEngine, openTestEngine } from '../../engine/support/device.js';
import { images, labels, settings, waveSpace } from './golden/formulas.js';

interface Golden {
  readonly architecture: string;
  readonly scores: Readonly<Record<string, number>>;
}

const golden: Golden[] = JSON.parse(readFileSync(new URL('./golden/golden.json', import.meta.url), 'utf8'));

let engine: Engine;
let context: ScoreContext;
beforeAll(async () => {
  engine = await openTestEngine();
  context = { engine, space: waveSpace, settings, images, labels, batch: labels.length, seed: 0 };
});
afterAll(() => closeTestEngine(engine));

/** Largest relative difference: rounding of f32 in most, and of the differences of gradients in grasp. */
const TOLERANCES: Readonly<Record<string, number>> = {
  'grad-norm': 1e-5,
  snip: 1e-5,
  fisher: 1e-5,
  synflow: 1e-5,
  'jacob-cov': 1e-4,
  grasp: 1e-2,
};

describe('scores', () => {
  for (const { architecture, scores } of golden)
    for (const [name, tolerance] of Object.entries(TOLERANCES))
      it(`agree with PyTorch: ${name} of ${architecture}`, async () => {
        const got = await scoreByName(name).evaluate(context, waveSpace.parse(architecture));
        expect(Math.abs(got / scores[name] - 1)).toBeLessThan(tolerance);
      });

  for (const { architecture, scores } of golden)
    it(`agree with PyTorch: the condition of the tangent kernel of ${architecture}`, async () => {
      const got = await kernelCondition(context, waveSpace.parse(architecture), () => {});
      expect(Math.abs(got / scores.ntk - 1)).toBeLessThan(1e-3);
    });

  it('leak no memory', async () => {
    const before = engine.memoryBytes;
    for (const name of SCORE_NAMES) await scoreByName(name).evaluate(context, waveSpace.parse(golden[0].architecture));
    expect(engine.memoryBytes).toBe(before);
  });

  it('are numbers or NaN for a network whose output does not depend on the images', async () => {
    const nothing = waveSpace.parse('|none~0|+|none~0|none~1|+|none~0|none~1|none~2|');
    expect(await scoreByName('synflow').evaluate(context, nothing)).toBe(0);
    expect(await scoreByName('jacob-cov').evaluate(context, nothing)).toBeNaN();
    expect(await scoreByName('grad-norm').evaluate(context, nothing)).toBeGreaterThan(0);
  });

  it('refuse an unknown name', () => {
    expect(() => scoreByName('snop')).toThrow('Score "snop" is not known, wanted one of: parameters, flops, grad-norm');
  });
});
