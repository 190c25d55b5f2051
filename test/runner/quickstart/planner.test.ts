import { describe, expect, it } from 'vitest';
import { choosePlan, nextSize, planQuickstart, predictSeconds } from '../../../runner/quickstart/planner.js';
import { LADDER, NETWORK_SIZES } from '../../../runner/quickstart/sizes.js';
import { alphaNote, quickstartStudy } from '../../../runner/quickstart/studyFile.js';
import { planText } from '../../../runner/quickstart/words.js';
import type { NetworkSize, SizeTimes } from '../../../runner/tools/stepTimer.js';
import { imageSetNames } from '../../../src/nas/transfer/plan.js';
import { parseStudy } from '../../../src/nas/transfer/studySpecification.js';

/** A device with a time for work and an overhead per step, `speed` times faster than SwiftShader on two cores. */
function device(speed: number, overhead = 0): (size: NetworkSize) => SizeTimes {
  return ({ channels, cells, imageSize, batch }) => {
    const work = (channels * channels * cells * imageSize ** 2 * batch) / (4 * 4 * 12 ** 2 * 16);
    const times = (share: number) => ({
      build: (0.05 * cells) / speed + overhead,
      step: (share * work) / speed + overhead,
    });
    return { compile: 4 / speed, training: times(0.03), search: times(0.15) };
  };
}

const speeds = Array.from({ length: 60 }, (_, i) => 0.3 * 10 ** ((i / 59) * Math.log10(1000 / 0.3)));
const fixed = (seconds: number) => () => seconds;

describe('the list of studies by size', () => {
  it('has the same structure at every size: three methods, two sources, a target of another domain than one of them, two seeds, image sets from npm', () => {
    for (const rung of LADDER) {
      const study = parseStudy(quickstartStudy(rung, 7));
      expect(study.methods.map((method) => method.name)).toEqual(['random', 'regularized-evolution', 'darts']);
      expect(study.sources.map((source) => source.specification.set)).toEqual(['emoji', 'mnist']);
      expect(study.targets.map((target) => target.set)).toEqual(['mnist']);
      expect(study.seeds).toEqual([7, 8]);
      expect(study.notes).toEqual([`${alphaNote(rung)}.`]);
      for (const set of imageSetNames(study)) expect(['mnist', 'emoji']).toContain(set);
    }
  });

  it('decreases in nothing from one size to the next', () => {
    for (let i = 1; i < LADDER.length; i++)
      for (const part of ['size', 'length'] as const)
        for (const [field, value] of Object.entries(LADDER[i][part]))
          expect(value, `rung ${i}: ${field}`).toBeGreaterThanOrEqual((LADDER[i - 1][part] as never)[field]);
  });
});

describe.each([0, 0.002, 0.02])('the plan for a device with %f s of overhead per step', (overhead) => {
  it.each([0.5, 2, 10, 60])(
    'for %f minutes fits, grows with the speed and never below the smallest',
    async (minutes) => {
      let last = -1;
      for (const speed of speeds) {
        const { rung, seconds, fits, measured } = await planQuickstart(device(speed, overhead), fixed(60 * minutes));
        expect(seconds).toBe(predictSeconds(LADDER[rung], measured.get(NETWORK_SIZES.indexOf(LADDER[rung].size))!));
        if (fits) expect(seconds).toBeLessThanOrEqual(60 * minutes);
        else expect([rung, seconds > 60 * minutes]).toEqual([0, true]);
        expect(rung).toBeGreaterThanOrEqual(last);
        last = rung;
      }
    },
  );
});

describe('the plan', () => {
  it('fits into two minutes at SwiftShader’s speed, and is the largest of all on a fast GPU with time', async () => {
    expect(await planQuickstart(device(1), fixed(100))).toMatchObject({ fits: true });
    expect((await planQuickstart(device(1000), fixed(3600))).rung).toBe(LADDER.length - 1);
  });

  it('never gets smaller with more time', async () => {
    for (const speed of [0.3, 1, 20, 300]) {
      const rungs = [];
      for (const seconds of [10, 60, 120, 600, 6000])
        rungs.push((await planQuickstart(device(speed), fixed(seconds))).rung);
      expect(rungs).toEqual([...rungs].sort((a, b) => a - b));
    }
  });

  it('includes the time of measuring: a device that measures slowly gets a study that still fits', async () => {
    let left = 120;
    const slow = (size: NetworkSize) => {
      left -= 15;
      return device(1.2)(size);
    };
    const { seconds, fits } = await planQuickstart(slow, () => left);
    expect(fits).toBe(true);
    expect(seconds).toBeLessThanOrEqual(left);
  });

  it('measures the smallest size first, and the next if much time remains', () => {
    const times = device(1)(NETWORK_SIZES[0]);
    expect(nextSize(new Map(), 100)).toBe(0);
    expect(nextSize(new Map([[0, times]]), 1)).toBeUndefined();
    expect(nextSize(new Map([[0, times]]), 1e6)).toBe(1);
    const second = predictSeconds(LADDER[1], times);
    expect(nextSize(new Map([[0, times]]), second)).toBeUndefined();
    expect(choosePlan(new Map([[0, times]]), second)).toEqual({ rung: 1, seconds: second, fits: true });
  });

  it('states if even the smallest study takes longer, and if there is none larger', () => {
    expect(planText(0, { minutes: 2, fits: false })[0]).toContain('takes longer than the 2 minutes asked for');
    expect(planText(LADDER.length - 1, { minutes: 2, fits: true })[0]).toContain('the largest study, which fits into');
    expect(planText(2, { minutes: 1, fits: true }).join('\n')).toMatch(
      /fits into 1 minute on this device[\s\S]*published 0\.0003/,
    );
  });

  it('predicts longer times for more work: the prediction counts every job', () => {
    const { size, length } = LADDER[1];
    const times: SizeTimes = { compile: 0, training: { build: 1, step: 0 }, search: { build: 100, step: 0 } };
    // Twelve trainings, four searches by evolution of `candidates` networks each, four by DARTS.
    expect(predictSeconds({ size, length }, times)).toBe(12 + 4 * length.candidates + 400);
    const steps: SizeTimes = { compile: 0, training: { build: 0, step: 0 }, search: { build: 0, step: 1 } };
    expect(predictSeconds({ size, length }, steps)).toBe(
      (4 * length.searchEpochs * length.sourceImages) / 2 / size.batch,
    );
  });
});
