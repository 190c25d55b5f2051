import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/runtime/engine.js';
import { cappedScores, measuresHessian, stopAfter } from '../../../../src/nas/methods/relaxed/collapse.js';
import { darts } from '../../../../src/nas/methods/relaxed/darts.js';
import { derivedSkips, limitSkips } from '../../../../src/nas/methods/relaxed/skipLimit.js';
import { telemetryOf } from '../../../../src/nas/methods/relaxed/telemetry.js';
import { isConnected, searchWarnings } from '../../../../src/nas/methods/relaxed/warnings.js';
import { deriveSelection } from '../../../../src/nas/methods/shared/derivation.js';
import type { EpochRecord } from '../../../../src/nas/records/epochRecord.js';
import type { Method } from '../../../../src/nas/search/method.js';
import type { Problem } from '../../../../src/nas/search/problem.js';
import { nasbench201 } from '../../../../src/nas/spaces/nasbench201/space.js';
import type { RelaxedTable } from '../../../../src/nas/spaces/shared/space.js';
import { softmaxRows } from '../../../../src/nas/training/bilevel/relaxedRule.js';
import { closeTestEngine, openTestEngine } from '../../../engine/support/device.js';
import { toyProblem } from '../toySpace.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => closeTestEngine(engine));

/** Nodes 2 and 3 after inputs 0 and 1, as in the DARTS cell. */
const kept: RelaxedTable = {
  name: 'normal',
  edges: [
    [0, 2],
    [1, 2],
    [0, 3],
    [1, 3],
    [2, 3],
  ],
  operations: ['none', 'skip_connect', 'sep_conv_3x3'],
  kept: 2,
};
const operationScores = [0.1, 0.6, 0.3, 0.1, 0.5, 0.4, 0.1, 0.7, 0.2, 0.8, 0.15, 0.05, 0.2, 0.41, 0.39];

function epoch(parts: Partial<EpochRecord> = {}, skips = 0, eigenvalue?: number): EpochRecord {
  const tables = [{ name: 'normal', shares: {}, skips }];
  return { epoch: 1, learningRate: 0, trainLoss: 1, trainAccuracy: 0, telemetry: { tables, eigenvalue }, ...parts };
}

async function search(method: Method, options: object, epochs = 12, seed = 1) {
  const { problem } = toyProblem(engine, seed, { epochs });
  const started = method.start(problem as Problem, method.options.parse(options));
  while (await started.step());
  const result = started.result();
  started.dispose?.();
  return result;
}

describe('a limit on skip connections', () => {
  it('removes the weakest, and derives edges again each time', () => {
    expect(derivedSkips(kept, operationScores).map(({ edge }) => edge)).toEqual([0, 1, 2, 4]);
    const [rows] = deriveSelection([kept], [limitSkips(kept, operationScores, 2)]);
    // 0.41 on edge 4 is removed first, and its convolution of 0.39 stays before edge 3; then 0.5 on edge 1.
    expect(rows).toEqual([[1], [2], [1], [], [2]]);
  });

  it('of zero leaves none, and one that is not exceeded changes nothing', () => {
    expect(derivedSkips(kept, limitSkips(kept, operationScores, 0))).toEqual([]);
    expect([...limitSkips(kept, operationScores, 4)]).toEqual([...Float32Array.from(operationScores)]);
  });

  it('applies to the normal cell only', () => {
    const two = [kept, { ...kept, name: 'reduction' }];
    const all = [operationScores, operationScores].map((each) => Float32Array.from(each));
    const capped = cappedScores(two, all, { maxSkips: 1 });
    expect(two.map((table, t) => derivedSkips(table, capped[t]).length)).toEqual([1, 4]);
    expect(cappedScores(two, all, {})).toBe(all);
  });
});

describe('telemetry', () => {
  it('has the mean of every operation over the edges, and the skip connections that would be derived', () => {
    const [table] = telemetryOf([kept], [operationScores]);
    expect(table.skips).toBe(4);
    expect(table.shares.none).toBeCloseTo((0.1 + 0.1 + 0.1 + 0.8 + 0.2) / 5, 5);
    expect(table.shares.skip_connect).toBeCloseTo((0.6 + 0.5 + 0.7 + 0.15 + 0.41) / 5, 5);
  });

  it('is in every epoch of a search, with the eigenvalue if it is measured', async () => {
    const { epochs } = await search(darts, { hessian: 2 }, 5);
    for (const { telemetry } of epochs) {
      const shares = Object.values(telemetry!.tables[0].shares);
      expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
    }
    expect(epochs.map(({ telemetry }) => Number.isFinite(telemetry!.eigenvalue))).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
  });
});

describe('early stopping', () => {
  it('measures every epoch for stopEigenvalue, and otherwise as often as hessian states', () => {
    const measured = (settings: object) => [1, 2, 3, 4].filter((each) => measuresHessian(settings, each));
    expect(measured({})).toEqual([]);
    expect(measured({ stopEigenvalue: 1.3 })).toEqual([1, 2, 3, 4]);
    expect(measured({ hessian: 2, stopEigenvalue: 1.3 })).toEqual([2, 4]);
  });

  it('happens at the given number of skip connections, not before', () => {
    expect(stopAfter([epoch({}, 1)], [kept], { stopSkips: 2 })).toBeUndefined();
    expect(stopAfter([epoch({}, 2)], [kept], { stopSkips: 2 })?.reason).toContain('2 skip connections');
    expect(stopAfter([epoch({}, 2)], [kept], {})).toBeUndefined();
  });

  it('happens when the mean of five eigenvalues exceeds that of the five before by the factor', () => {
    const grown = (factor: number) => [1, 1.2, 0.8, 1, 1, factor, factor, factor, factor, factor];
    const stop = (values: readonly number[]) =>
      stopAfter(
        values.map((value) => epoch({}, 0, value)),
        [kept],
        { stopEigenvalue: 1.3 },
      );
    expect(stop(grown(1.29))).toBeUndefined();
    expect(stop(grown(1.31))?.back).toBe(5);
    expect(stop(grown(1.31).slice(1))).toBeUndefined();
    expect(stop(grown(1.31).map((value) => -value))).toBeUndefined();
  });

  it('ends a search, which reports when and why, and does not end one without skip connections', async () => {
    // Problem 2 has two skips in its best architecture, problem 1 none.
    const { stopped, epochs, architecture, warnings } = await search(
      darts,
      { stopSkips: 2, alphaLearningRate: 0.1 },
      12,
      2,
    );
    expect(epochs.at(-1)!.telemetry!.tables[0].skips).toBe(2);
    expect(epochs.slice(0, -1).every(({ telemetry }) => telemetry!.tables[0].skips < 2)).toBe(true);
    expect(stopped).toEqual({ epoch: epochs.length, reason: expect.stringContaining('2 skip connections') });
    expect(architecture.match(/skip_connect/g)).toHaveLength(2);
    expect(warnings).toEqual([expect.stringContaining('2 of 3')]);
    const free = await search(darts, { stopSkips: 2, alphaLearningRate: 0.1 });
    expect(free.stopped).toBeUndefined();
    expect(free.epochs).toHaveLength(12);
  });

  it('is not needed where skip connections are limited: the next best operation replaces the weakest', async () => {
    const { architecture } = await search(darts, { maxSkips: 1, alphaLearningRate: 0.1 }, 8, 2);
    expect(architecture.match(/skip_connect/g)).toHaveLength(1);
  });

  it('by the eigenvalue returns the architecture of five measurements before', async () => {
    // A low learning rate, so that the eigenvalue still grows, as it does before the loss falls.
    const options = { alphaLearningRate: 0.004, stopEigenvalue: 1.001 };
    const whole = await search(darts, options, 20);
    const { stopped, epochs } = whole;
    expect(stopped?.reason).toContain('largest eigenvalue');
    expect(epochs.length).toBeGreaterThanOrEqual(10);

    const { problem } = toyProblem(engine, 1, { epochs: 20 });
    const first = darts.start(problem as Problem, darts.options.parse(options));
    for (let i = 0; i < epochs.length - 5; i++) await first.step();
    const before = await first.save();
    for (let i = 0; i < 4; i++) expect(await first.step()).toBe(true);
    const saved = JSON.parse(JSON.stringify((await first.save()).values));
    const { arrays } = await first.save();
    first.dispose?.();
    const second = darts.start(problem as Problem, darts.options.parse(options));
    await second.restore({ method: 'darts', values: saved, arrays });
    expect(await second.step()).toBe(false);
    expect(second.result()).toEqual(whole);
    const ended = (await second.save()).values.ended as number[][][];
    expect(ended[0][0]).toEqual([...softmaxRows(before.arrays.alphas.slice(0, 12), 4)]);
    expect(await second.step()).toBe(false);
    second.dispose?.();
  });
});

describe('warnings', () => {
  const { tables } = nasbench201.relaxation;
  const of = (text: string, epochs: EpochRecord[] = []) =>
    searchWarnings(tables, nasbench201.relaxation.selection(nasbench201.parse(text)), epochs);
  const good = '|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|avg_pool_3x3~0|skip_connect~1|nor_conv_3x3~2|';

  it('are empty for a sound search', () => {
    expect(of(good, [epoch({ validationLoss: 2 }), epoch({ validationLoss: 1 })])).toEqual([]);
  });

  it('report half of the edges as skips, an output that is not reached, and both together', () => {
    const skips = '|skip_connect~0|+|skip_connect~0|nor_conv_1x1~1|+|avg_pool_3x3~0|skip_connect~1|nor_conv_3x3~2|';
    expect(of(skips)).toEqual([expect.stringContaining('3 of 6')]);
    const cut = '|none~0|+|none~0|skip_connect~1|+|none~0|skip_connect~1|skip_connect~2|';
    expect(of(cut)).toEqual([
      expect.stringContaining('skip connections'),
      expect.stringContaining('no input reaches the output'),
    ]);
    expect(isConnected(kept, [[], [], [], [], []])).toBe(false);
    expect(isConnected(kept, [[2], [], [], [], []])).toBe(true);
  });

  it('report a share of none above all others, and a loss that is not a number or has grown', () => {
    const shares = { none: 0.55, skip_connect: 0.25, nor_conv_3x3: 0.2 };
    const dominated = epoch({ telemetry: { tables: [{ name: 'alphas', shares, skips: 0 }] } });
    expect(of(good, [dominated])).toEqual([expect.stringContaining('none dominates')]);
    expect(of(good, [epoch(), epoch({ epoch: 2, validationLoss: Number.NaN })])).toEqual([
      expect.stringContaining('not a finite number from epoch 2'),
    ]);
    expect(of(good, [epoch({ validationLoss: 1 }), epoch({ validationLoss: 1.6 })])).toEqual([
      expect.stringContaining('diverged: from 1.00 to 1.60'),
    ]);
  });
});
